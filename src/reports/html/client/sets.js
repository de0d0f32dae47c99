// Sets of services, as ../sets.ts encodes them.

/** @param {string} base64 */
function bytesOf(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

/** Reads sets where they lie: a large fleet has more of them than fit as lists. */
class ServiceSets {
  /**
   * @param {Uint8Array} bytes
   * @param {number} services how many there are
   */
  constructor(bytes, services) {
    this.bytes = bytes;
    this.width = Math.ceil(services / 8);
    /** @type {number[]} where each set starts */
    this.starts = [];
    this.at = 0;
    while (this.at < bytes.length) {
      this.starts.push(this.at);
      const head = this.varint();
      if (head & 1) this.at += this.width;
      else for (let left = head >>> 1; left > 0; left--) this.varint();
    }
  }

  /** How many services a set has. @param {number} id */
  size(id) {
    this.at = this.starts[id];
    return this.varint() >>> 1;
  }

  /** The services of a set, ascending. @param {number} id */
  list(id) {
    this.at = this.starts[id];
    const head = this.varint();
    /** @type {number[]} */
    const services = [];
    if (head & 1) {
      for (let byte = 0; byte < this.width; byte++) {
        const bits = this.bytes[this.at + byte];
        for (let bit = 0; bit < 8; bit++) if ((bits >>> bit) & 1) services.push(byte * 8 + bit);
      }
      return services;
    }
    for (let service = -1, left = head >>> 1; left > 0; left--) {
      service += this.varint();
      services.push(service);
    }
    return services;
  }

  varint() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes[this.at++];
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  }
}
