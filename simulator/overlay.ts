import type { Picture } from './canvas.ts'
import { eachDot, glyphHeight, textWidth } from './font.ts'

/** Darkens a rectangle so that text on it can be read over anything. */
function plate(picture: Picture, x: number, y: number, w: number, h: number): void {
  for (let row = y; row < y + h; row += 1) {
    const start = row * picture.width + x
    for (let at = start; at < start + w; at += 1) picture.luma[at] = 16 + (picture.luma[at]! - 16) * 0.35
  }
  for (let row = y >> 1; row < (y + h) >> 1; row += 1) {
    const start = row * (picture.width >> 1) + (x >> 1)
    picture.blue.fill(128, start, start + (w >> 1))
    picture.red.fill(128, start, start + (w >> 1))
  }
}

/** Writes a line of light text on a dark plate, its top left corner at (x, y); x and y must be even. */
export function drawLabel(picture: Picture, text: string, x: number, y: number, scale: number): void {
  const pad = 2 * scale
  const w = (textWidth(text, scale) + 2 * pad + 1) & ~1
  plate(picture, x, y, w, (glyphHeight * scale + 2 * pad + 1) & ~1)
  eachDot(text, scale, (dx, dy) => {
    for (let row = 0; row < scale; row += 1) {
      const start = (y + pad + dy + row) * picture.width + x + pad + dx
      picture.luma.fill(228, start, start + scale)
    }
  })
}

/** Width in pixels of the plate that `drawLabel` draws. */
export const labelWidth = (text: string, scale: number): number =>
  (textWidth(text, scale) + 4 * scale + 1) & ~1

/** `2026-11-22 18:20:05.3` in the site's time: what a person reads off the picture. */
export function clockText(epochMs: number, timeZone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(timeZone)
  return `${local.toPlainDate().toString()} ${local.toPlainTime().toString({ fractionalSecondDigits: 1 })}`
}
