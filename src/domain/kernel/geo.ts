import { Type } from '@mikro-orm/core';
import { z } from 'zod';

/** A WGS84 point in decimal degrees. */
export const Point = z.strictObject({ lat: z.number().min(-90).max(90), lon: z.number().min(-180).max(180) });
export type Point = z.infer<typeof Point>;

/** Maps `geography(Point,4326)` to `{ lat, lon }`. Written as EWKT, read as GeoJSON, on both drivers. */
export class PointType extends Type<Point | null, string | null> {
  override convertToDatabaseValue(value: Point | null): string | null {
    return value ? `SRID=4326;POINT(${value.lon} ${value.lat})` : null;
  }

  override convertToJSValue(value: string | null): Point | null {
    if (!value) return null;
    const { coordinates } = JSON.parse(value) as { coordinates: [number, number] };
    return { lat: coordinates[1], lon: coordinates[0] };
  }

  override convertToDatabaseValueSQL(key: string): string {
    return `st_geogfromtext(${key})`;
  }

  override convertToJSValueSQL(key: string): string {
    return `st_asgeojson(${key})`;
  }

  override getColumnType(): string {
    return 'geography(Point,4326)';
  }
}
