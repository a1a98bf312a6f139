/**
 * Bits of a NAL unit's raw byte sequence payload, emulation prevention removed (H.264 §7.3.1, H.265 §7.3.1.1),
 * with Exp-Golomb codes (H.264 §9.1). Reading past the end throws: a damaged parameter set is no parameter set.
 */
export class BitReader {
  readonly #bytes: Uint8Array
  #bit = 0

  /** `skip` bytes of NAL header are left out. */
  constructor(nal: Uint8Array, skip: number) {
    const bytes = new Uint8Array(nal.length)
    let length = 0
    let zeros = 0
    for (let i = skip; i < nal.length; i += 1) {
      const byte = nal[i]!
      if (zeros >= 2 && byte === 3) {
        zeros = 0
        continue
      }
      zeros = byte === 0 ? zeros + 1 : 0
      bytes[length] = byte
      length += 1
    }
    this.#bytes = bytes.subarray(0, length)
  }

  get bitsLeft(): number {
    return this.#bytes.length * 8 - this.#bit
  }

  bit(): number {
    const byte = this.#bytes[this.#bit >> 3]
    if (byte === undefined) throw new RangeError('the parameter set ends too early')
    const value = (byte >> (7 - (this.#bit & 7))) & 1
    this.#bit += 1
    return value
  }

  /** Unsigned, up to 32 bits. */
  bits(count: number): number {
    let value = 0
    for (let i = 0; i < count; i += 1) value = value * 2 + this.bit()
    return value
  }

  skip(count: number): void {
    if (count > this.bitsLeft) throw new RangeError('the parameter set ends too early')
    this.#bit += count
  }

  /** ue(v) */
  ue(): number {
    let zeros = 0
    while (this.bit() === 0) {
      zeros += 1
      if (zeros > 31) throw new RangeError('the parameter set holds a number that is too long')
    }
    return 2 ** zeros - 1 + this.bits(zeros)
  }

  /** se(v) */
  se(): number {
    const code = this.ue()
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2
  }
}
