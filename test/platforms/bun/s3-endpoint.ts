/** As much of S3 as an attachment store uses: objects, ranges and uploads in parts. Signatures are not looked at. */
export interface S3Endpoint {
  url: string;
  /** The names of what is stored. */
  keys(): string[];
  /** Uploads in parts that were neither completed nor aborted. */
  openUploads(): number;
  /** From now on every request fails. */
  breakDown(): void;
  close(): Promise<void>;
}

interface Upload {
  parts: Map<number, Uint8Array<ArrayBuffer>>;
}

const xml = (text: string, status = 200): Response =>
  new Response(text, { status, headers: { "Content-Type": "application/xml" } });
const missing = (): Response => xml("<Error><Code>NoSuchKey</Code></Error>", 404);

export function createS3Endpoint(): S3Endpoint {
  const objects = new Map<string, Uint8Array<ArrayBuffer>>();
  const uploads = new Map<string, Upload>();
  let isBroken = false;

  async function answerUpload(request: Request, key: string, query: URLSearchParams) {
    const id = query.get("uploadId") ?? crypto.randomUUID();
    const upload = uploads.get(id);
    if (query.has("uploads")) {
      uploads.set(id, { parts: new Map() });
      return xml(
        `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
      );
    }
    if (!upload) return xml("<Error><Code>NoSuchUpload</Code></Error>", 404);
    if (request.method === "PUT") {
      const number = Number(query.get("partNumber"));
      upload.parts.set(number, new Uint8Array(await request.arrayBuffer()));
      return new Response(null, { headers: { ETag: `"${number}"` } });
    }
    uploads.delete(id);
    if (request.method === "DELETE") return new Response(null, { status: 204 });
    const parts = [...upload.parts].toSorted(([a], [b]) => a - b).map(([, bytes]) => bytes);
    objects.set(key, new Uint8Array(await new Blob(parts).arrayBuffer()));
    return xml("<CompleteMultipartUploadResult><ETag>x</ETag></CompleteMultipartUploadResult>");
  }

  async function answerObject(request: Request, key: string): Promise<Response> {
    if (request.method === "PUT") {
      objects.set(key, new Uint8Array(await request.arrayBuffer()));
      return new Response(null, { headers: { ETag: '"x"' } });
    }
    if (request.method === "DELETE") {
      objects.delete(key);
      return new Response(null, { status: 204 });
    }
    const object = objects.get(key);
    if (!object) return missing();
    const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.get("Range") ?? "") ?? [];
    if (from === undefined) return new Response(object);
    const end = to ? Math.min(Number(to), object.length - 1) : object.length - 1;
    const headers = { "Content-Range": `bytes ${from}-${end}/${object.length}` };
    return new Response(object.slice(Number(from), end + 1), { status: 206, headers });
  }

  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      if (isBroken) return xml("<Error><Code>InternalError</Code></Error>", 500);
      const { pathname, searchParams: query } = new URL(request.url);
      const isUpload = query.has("uploads") || query.has("uploadId");
      return isUpload ? answerUpload(request, pathname, query) : answerObject(request, pathname);
    },
  });

  return {
    url: server.url.href,
    keys: () => [...objects.keys()],
    openUploads: () => uploads.size,
    breakDown() {
      isBroken = true;
    },
    close: () => server.stop(true),
  };
}
