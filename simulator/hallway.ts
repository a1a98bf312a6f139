import { type Canvas, mix, shade } from './canvas.ts'
import type { Lens } from './lens.ts'
import { door, patch, type Sheet, up } from './scenery.ts'

/** A shared hallway on an upper floor: doors left and right, a window at the end. */
export function drawHallway(canvas: Canvas, lens: Lens): void {
  const end = 15
  const near = -0.35
  const fade = (z: number) => 1.04 - 0.018 * z
  const left: Sheet = { corner: [-1.1, 0, 0], side: [0, 0, 1], rise: up }
  const right: Sheet = { corner: [1.1, 0, 0], side: [0, 0, 1], rise: up }
  const ground: Sheet = { corner: [-1.1, 0, 0], side: [1, 0, 0], rise: [0, 0, 1] }
  const roof: Sheet = { corner: [-1.1, 2.6, 0], side: [1, 0, 0], rise: [0, 0, 1] }
  const step = 0.55
  for (let z = near; z < end; z += step) {
    const far = Math.min(end, z + step)
    const light = fade(z)
    canvas.fill(patch(lens, roof, 0, z, 2.2, far), shade([232, 230, 222], light))
    for (let tile = 0; tile < 4; tile += 1) {
      const odd = (Math.round(z / step) + tile) % 2
      canvas.fill(
        patch(lens, ground, tile * 0.55, z, (tile + 1) * 0.55, far),
        shade(odd ? [176, 166, 148] : [188, 178, 160], light),
      )
    }
    for (const [wall, dim] of [
      [left, 0.97],
      [right, 0.9],
    ] as const) {
      canvas.fill(patch(lens, wall, z, 1.06, far, 2.6), shade([240, 232, 212], light * dim))
      canvas.fill(patch(lens, wall, z, 0.14, far, 1.0), shade([112, 158, 158], light * dim))
      canvas.fill(patch(lens, wall, z, 1.0, far, 1.06), shade([226, 222, 208], light * dim))
      canvas.fill(patch(lens, wall, z, 0, far, 0.14), shade([94, 84, 74], light * dim))
    }
  }
  for (const [wall, u, colour] of [
    [left, 3.2, [58, 92, 128]],
    [right, 4.4, [150, 62, 54]],
    [left, 7.0, [150, 62, 54]],
    [right, 8.4, [64, 108, 84]],
    [left, 11.2, [64, 108, 84]],
  ] as const) {
    door(canvas, lens, wall, u, colour, fade(u))
    canvas.fill(
      patch(
        lens,
        { corner: [-1.1, 0.012, 0], side: [1, 0, 0], rise: [0, 0, 1] },
        wall === left ? 0.05 : 1.6,
        u + 0.05,
        wall === left ? 0.6 : 2.15,
        u + 0.85,
      ),
      [86, 74, 66],
    )
  }
  const back: Sheet = { corner: [-1.1, 0, end], side: [1, 0, 0], rise: up }
  canvas.fill(patch(lens, back, 0, 0, 2.2, 2.6), shade([226, 220, 204], 0.84))
  canvas.fill(patch(lens, back, 0.5, 0, 1.7, 2.15), [206, 204, 196])
  canvas.fill(patch(lens, back, 0.56, 0.9, 1.64, 2.08), (_x, y) =>
    mix([216, 236, 246], [178, 206, 186], Math.min(1, Math.max(0, (y - 80) / 30))),
  )
  canvas.fill(patch(lens, back, 1.08, 0, 1.12, 2.1), [180, 180, 174])
  for (const z of [1.8, 5.4, 9, 12.6]) {
    canvas.fill(patch(lens, { ...roof, corner: [-1.1, 2.59, 0] }, 0.75, z, 1.45, z + 1.3), [255, 254, 246])
    const pool = lens.at([0, 0.01, z + 0.6])
    const metre = lens.scaleAt([0, 0, z + 0.6])
    for (const size of [1, 0.75, 0.5]) {
      canvas.ellipse(pool[0], pool[1], metre * 0.8 * size, metre * 0.3 * size, [244, 238, 222], 0.12)
    }
  }
  // Radiator and notice board, so that the place is known again.
  canvas.fill(patch(lens, right, 2.4, 0.25, 3.7, 0.85), [236, 234, 226])
  for (let u = 2.45; u < 3.68; u += 0.1) {
    canvas.fill(patch(lens, right, u, 0.28, u + 0.05, 0.82), [214, 211, 202])
  }
  canvas.fill(patch(lens, left, 4.9, 1.25, 6.3, 2.0), [122, 90, 60])
  canvas.fill(patch(lens, left, 4.95, 1.29, 6.25, 1.96), [176, 140, 100])
  for (const [u, v, colour] of [
    [5.05, 1.4, [250, 250, 240]],
    [5.45, 1.5, [240, 214, 120]],
    [5.85, 1.38, [206, 228, 240]],
  ] as const) {
    canvas.fill(patch(lens, left, u, v, u + 0.3, v + 0.4), colour)
  }
}
