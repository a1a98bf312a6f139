import { type Canvas, mix, shade } from './canvas.ts'
import type { Lens, Place } from './lens.ts'
import { door, patch, type Sheet, sky, up } from './scenery.ts'

/** The front door of a house, seen from beside the gate. */
export function drawFrontDoor(canvas: Canvas, lens: Lens, random: () => number): void {
  sky(canvas, 200)
  const ground: Sheet = { corner: [-9, 0, 0], side: [1, 0, 0], rise: [0, 0, 1] }
  canvas.fill(patch(lens, ground, 0, 1.6, 18, 7), [132, 152, 102])
  for (let index = 0; index < 500; index += 1) {
    const u = random() * 16
    const v = 2 + random() * 5
    canvas.fill(
      patch(lens, ground, u, v, u + 0.35, v + 0.08),
      shade([126, 148, 96], 0.9 + random() * 0.2),
      0.5,
    )
  }
  const wall: Sheet = { corner: [-9, 0, 7], side: [1, 0, 0], rise: up }
  canvas.fill(patch(lens, wall, 0, 0, 18, 6), [186, 172, 158])
  for (let course = 0; course < 68; course += 1) {
    for (let brick = 0; brick < 56; brick += 1) {
      const u = brick * 0.32 + (course % 2) * 0.16
      const v = course * 0.09
      const colour = mix([168, 98, 76], [188, 118, 88], random())
      canvas.fill(patch(lens, wall, u, v, u + 0.3, v + 0.075), shade(colour, 0.92 + random() * 0.1))
    }
  }
  // A path of slabs from the gate to the step.
  for (let z = 1.7; z < 7; z += 0.6) {
    for (let slab = 0; slab < 3; slab += 1) {
      canvas.fill(
        patch(lens, ground, 8.0 + slab * 0.62, z, 8.6 + slab * 0.62, z + 0.57),
        shade([182, 176, 164], 0.94 + random() * 0.08),
      )
    }
  }
  const step: Sheet = { corner: [-9, 0.16, 6.5], side: [1, 0, 0], rise: [0, 0, 1] }
  canvas.fill(patch(lens, step, 8.1, 0, 9.8, 0.5), [206, 200, 188])
  canvas.fill(patch(lens, { ...wall, corner: [-9, 0, 6.5] }, 8.1, 0, 9.8, 0.16), [158, 152, 142])
  const raised: Sheet = { ...wall, corner: [-9, 0.16, 6.99] }
  door(canvas, lens, raised, 8.5, [44, 96, 104])
  canvas.fill(patch(lens, raised, 8.42, 2.12, 9.48, 2.6), [240, 236, 226])
  canvas.fill(patch(lens, raised, 8.5, 2.18, 9.4, 2.54), [168, 198, 208])
  for (const u of [5.2, 11.2]) {
    canvas.fill(patch(lens, wall, u - 0.1, 0.78, u + 1.9, 2.5), [240, 238, 230])
    canvas.fill(patch(lens, wall, u, 0.92, u + 1.8, 2.42), (_x, y) =>
      mix([176, 200, 210], [98, 116, 122], Math.min(1, Math.max(0, (y - 40) / 120))),
    )
    canvas.fill(patch(lens, wall, u + 0.87, 0.9, u + 0.93, 2.44), [240, 238, 230])
    canvas.fill(patch(lens, wall, u, 1.85, u + 1.8, 1.9), [240, 238, 230])
    canvas.fill(patch(lens, wall, u - 0.16, 0.7, u + 1.96, 0.8), [200, 192, 180])
  }
  // Lamp, house number plate, bins and hedge.
  canvas.fill(patch(lens, wall, 9.85, 2.0, 10.03, 2.32), [52, 54, 56])
  canvas.fill(patch(lens, wall, 9.88, 2.03, 10.0, 2.22), [252, 240, 196])
  canvas.fill(patch(lens, wall, 8.05, 1.6, 8.3, 1.82), [246, 246, 240])
  for (const [u, colour] of [
    [12.2, [62, 66, 70]],
    [12.95, [58, 94, 66]],
  ] as const) {
    const front: Sheet = { corner: [-9, 0, 6.3], side: [1, 0, 0], rise: up }
    canvas.fill(patch(lens, front, u, 0.05, u + 0.62, 1.02), colour)
    canvas.fill(patch(lens, front, u - 0.03, 0.98, u + 0.65, 1.1), shade(colour, 1.25))
    canvas.fill(patch(lens, front, u + 0.18, 0.5, u + 0.44, 0.72), shade(colour, 1.5))
  }
  for (let leaf = 0; leaf < 420; leaf += 1) {
    const place: Place = [-7.6 + random() * 3.6, 0.1 + random() * 0.9, 5.8 + random() * 0.6]
    const [x, y] = lens.at(place)
    const metre = lens.scaleAt(place)
    canvas.ellipse(
      x,
      y,
      metre * 0.17,
      metre * 0.13,
      shade([78, 116, 70], 0.75 + place[1] * 0.3 + random() * 0.2),
    )
  }
}
