import type { EntityView, Snapshot } from './protocol.ts';

type View = Omit<EntityView, 'entity'>;

/**
 * The latest view of each entity. Applying is an upsert by `(entity, id)` when the version is newer, so events may
 * come again. Pass one to `connect` and it is kept current.
 */
export class EntityStore {
  readonly #entities = new Map<string, Map<string, View>>();

  get<V extends View = View>(entity: string, id: string): V | undefined {
    const view = this.#entities.get(entity)?.get(id);
    return view?.deleted ? undefined : (view as V | undefined);
  }

  all<V extends View = View>(entity: string): V[] {
    return [...(this.#entities.get(entity)?.values() ?? [])].filter((view) => !view.deleted) as V[];
  }

  /** False when what is known is as new. Deleted entities are remembered, so that an old view does not revive them. */
  apply(view: EntityView): boolean {
    const { entity, change: _, ...rest } = view as EntityView & { change?: unknown };
    const views = this.#entities.get(entity) ?? new Map<string, View>();
    this.#entities.set(entity, views);
    if ((views.get(view.id)?.version ?? 0) >= view.version) return false;
    views.set(view.id, rest);
    return true;
  }

  /** Forgets everything and holds the snapshot instead. */
  replace({ state }: Snapshot): void {
    this.#entities.clear();
    for (const [entity, views] of Object.entries(state)) {
      for (const view of views) this.apply({ entity, ...view });
    }
  }
}
