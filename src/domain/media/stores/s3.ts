import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { ObjectStore } from '../object-store.ts';

export interface S3Settings {
  /** Left out for AWS itself. */
  readonly endpoint?: string;
  readonly region: string;
  readonly bucket: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** `endpoint/bucket/key` instead of `bucket.endpoint/key`; MinIO needs it. */
  readonly pathStyle: boolean;
  /** Where clients reach the bucket's public objects, without a trailing slash; a CDN, or the bucket itself. */
  readonly publicUrl: string;
}

/** Objects in an S3 bucket. The bucket must let anyone read `public/*`; see `prepareBucket`. */
export function createS3Store(settings: S3Settings): ObjectStore {
  const client = s3Client(settings);
  const Bucket = settings.bucket;
  return {
    async presignPut({ key, contentType, expiresInMs }) {
      const command = new PutObjectCommand({ Bucket, Key: key, ContentType: contentType });
      const signing = { expiresIn: Math.ceil(expiresInMs / 1000), signableHeaders: new Set(['content-type']) };
      return { url: await getSignedUrl(client, command, signing), headers: { 'Content-Type': contentType } };
    },
    async head(key) {
      const found = await client.send(new HeadObjectCommand({ Bucket, Key: key })).catch(absent);
      return found && { sizeBytes: found.ContentLength ?? 0 };
    },
    async read(key, { maxBytes }) {
      const Range = `bytes=0-${maxBytes - 1}`;
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: key, Range }));
        return Body ? await Body.transformToByteArray() : null;
      } catch (error) {
        // No range fits an empty object.
        if ((error as Failure).$metadata?.httpStatusCode === 416) return new Uint8Array();
        return absent(error as Failure);
      }
    },
    async write(key, bytes, contentType) {
      await client.send(new PutObjectCommand({ Bucket, Key: key, Body: bytes, ContentType: contentType }));
    },
    async remove(key) {
      await client.send(new DeleteObjectCommand({ Bucket, Key: key }));
    },
    publicUrl: (key) => `${settings.publicUrl}/${key}`,
    signedUrl: (key, { expiresInMs }) =>
      getSignedUrl(
        client,
        // Opened by itself it is a download, as from the disk store.
        new GetObjectCommand({ Bucket, Key: key, ResponseContentDisposition: 'attachment' }),
        { expiresIn: Math.ceil(expiresInMs / 1000) },
      ),
  };
}

/** Creates the bucket when it is missing and lets anyone read `public/*`: for MinIO in development and tests. */
export async function prepareBucket(settings: S3Settings): Promise<void> {
  const client = s3Client(settings);
  const Bucket = settings.bucket;
  const found = await client.send(new HeadBucketCommand({ Bucket })).catch(absent);
  if (!found) await client.send(new CreateBucketCommand({ Bucket }));
  const statement = {
    Effect: 'Allow',
    Principal: { AWS: ['*'] },
    Action: ['s3:GetObject'],
    Resource: [`arn:aws:s3:::${Bucket}/public/*`],
  };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  await client.send(new PutBucketPolicyCommand({ Bucket, Policy }));
}

function s3Client({ endpoint, region, accessKey, secretKey, pathStyle }: S3Settings): S3Client {
  return new S3Client({
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    forcePathStyle: pathStyle,
    credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
    // A checksum in the URL would have to be known before the client has the bytes.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
}

interface Failure {
  readonly name?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

function absent(error: Failure): null {
  if (error.$metadata?.httpStatusCode === 404 || error.name === 'NoSuchKey' || error.name === 'NotFound') return null;
  throw error;
}
