/** One part of a form, written byte for byte, so that tests can get it wrong. */
export interface RawPart {
  head: string;
  body: string | Uint8Array;
}

export const boundary = "----parley-test-boundary";
const encoder = new TextEncoder();

export function field(name: string, value: string): RawPart {
  return { head: `Content-Disposition: form-data; name="${name}"`, body: value };
}

export function file(
  body: string | Uint8Array,
  { name = "attachment", fileName = "note.txt", type = "text/plain" } = {},
): RawPart {
  const disposition = `Content-Disposition: form-data; name="${name}"; filename="${fileName}"`;
  return { head: `${disposition}\r\nContent-Type: ${type}`, body };
}

export function formBytes(parts: RawPart[], end = `--${boundary}--\r\n`): Uint8Array<ArrayBuffer> {
  const pieces = parts.flatMap(({ head, body }) => [
    encoder.encode(`--${boundary}\r\n${head}\r\n\r\n`),
    typeof body === "string" ? encoder.encode(body) : body,
    encoder.encode("\r\n"),
  ]);
  return concat([...pieces, encoder.encode(end)]);
}

export function concat(pieces: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}

/** The bytes in pieces of one size, given out only when asked for. */
export function streamOf(bytes: Uint8Array, size: number): ReadableStream<Uint8Array> {
  let offset = 0;
  return new ReadableStream(
    {
      pull(controller) {
        if (offset >= bytes.length) return controller.close();
        controller.enqueue(bytes.slice(offset, offset + size));
        offset += size;
      },
    },
    { highWaterMark: 0 },
  );
}

const hex = (text: string) => Uint8Array.fromHex(text);

/** The first bytes of files of some kinds. */
/** A picture of one pixel with another size in its header. */
export function pngOf(width: number, height: number): Uint8Array<ArrayBuffer> {
  const bytes = samples.png.slice();
  const view = new DataView(bytes.buffer);
  view.setUint32(16, width);
  view.setUint32(20, height);
  return bytes;
}

export const samples = {
  png: concat([
    hex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"),
    hex("0000000a49444154789c63000100000500010d0a2db40000000049454e44ae426082"),
  ]),
  gif: encoder.encode("GIF89a\u0001\u0000\u0001\u0000\u0000\u0000\u0000;"),
  webp: concat([
    hex("524946461a000000574542505650384c0d0000002f00000000000000"),
    new Uint8Array(8),
  ]),
  jpeg: concat([hex("ffd8ffe000104a46494600010100000100010000ffc0000b080001000101011100ffd9")]),
  mp3: concat([hex("49443303000000000000fffb9064"), new Uint8Array(2_000)]),
  mp4: concat([hex("000000186674797069736f6d0000020069736f6d69736f32"), new Uint8Array(64)]),
  pdf: encoder.encode("%PDF-1.4\n1 0 obj<</JS(app.alert(1))>>endobj\n%%EOF"),
  svg: encoder.encode('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
  html: encoder.encode("<!doctype html><script>alert(1)</script>"),
  text: encoder.encode("just text"),
};
