export interface ImageSize {
  width: number;
  height: number;
}

/** What a picture's header says of its size; null where it says nothing, or not among these bytes. */
export function readImageSize(contentType: string, head: Uint8Array): ImageSize | null {
  const read = readers[contentType];
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  try {
    return read ? read(view) : null;
  } catch (error) {
    // The header ends before its size does.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

const readers: Record<string, (view: DataView) => ImageSize | null> = {
  "image/png": (view) => ({ width: view.getUint32(16), height: view.getUint32(20) }),
  "image/gif": (view) => ({ width: view.getUint16(6, true), height: view.getUint16(8, true) }),
  "image/jpeg": readJpeg,
  "image/webp": readWebp,
};

/** C4, C8 and CC are among the start-of-frame markers and are none. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

/** Goes from segment to segment: the size comes after whatever the camera had to say. */
function readJpeg(view: DataView): ImageSize | null {
  let at = 2;
  while (view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    if (isFrame(marker)) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    // A marker may be padded with more of the same byte.
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2);
  }
  return null;
}

function readWebp(view: DataView): ImageSize | null {
  switch (view.getUint32(12)) {
    case 0x56_50_38_58: // VP8X: two times 24 bits, each less one
      return { width: read24(view, 24) + 1, height: read24(view, 27) + 1 };
    case 0x56_50_38_4c: {
      // VP8L: two times 14 bits, each less one
      const bits = view.getUint32(21, true);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case 0x56_50_38_20: // VP8: 14 bits of 16
      return {
        width: view.getUint16(26, true) & 0x3fff,
        height: view.getUint16(28, true) & 0x3fff,
      };
    default:
      return null;
  }
}

function read24(view: DataView, at: number): number {
  return view.getUint16(at, true) + view.getUint8(at + 2) * 0x1_00_00;
}
