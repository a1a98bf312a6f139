import type { SceneKind } from './camera.ts'
import { createCanvas, type Picture } from './canvas.ts'
import { drawCarPark } from './car-park.ts'
import { seeded } from './faults.ts'
import { drawFrontDoor } from './front-door.ts'
import { drawHallway } from './hallway.ts'
import { createLens, type Lens, type Place } from './lens.ts'
import { vignette } from './scenery.ts'

/** The way somebody walks through a scene: from place to place along the ground, in so many seconds. */
export type Walk = { readonly from: Place; readonly to: Place; readonly seconds: number }

export type Scene = {
  /** Drawn once; frames copy it. */
  readonly background: Picture
  readonly lens: Lens
  readonly walks: readonly Walk[]
}

/** Draws a scene. The seed moves leaves and bricks, so two hallways are alike and not the same. */
export function createScene(kind: SceneKind, width: number, height: number, seed: number): Scene {
  const random = seeded(seed)
  const canvas = createCanvas(width, height)
  const size = { width, height }
  const finish = (lens: Lens, walks: readonly Walk[]): Scene => {
    vignette(canvas, width, height)
    return { background: canvas.toPicture(random), lens, walks }
  }
  if (kind === 'hallway') {
    const lens = createLens({ ...size, from: [0.3, 2.35, -0.6], down: 0.27, right: -0.03, focal: 430 })
    drawHallway(canvas, lens)
    return finish(lens, [
      { from: [0.35, 0, 14], to: [0.3, 0, 2.0], seconds: 11 },
      { from: [-0.45, 0, 2.0], to: [-0.35, 0, 14], seconds: 12 },
      { from: [-0.85, 0, 7.4], to: [0.2, 0, 2.0], seconds: 7 },
      { from: [0.8, 0, 8.8], to: [-0.3, 0, 14], seconds: 6 },
    ])
  }
  if (kind === 'front-door') {
    const lens = createLens({ ...size, from: [1.7, 2.7, -0.6], down: 0.2, right: -0.2, focal: 470 })
    drawFrontDoor(canvas, lens, random)
    return finish(lens, [
      { from: [-0.1, 0, 2.6], to: [-0.05, 0, 6.35], seconds: 5 },
      { from: [-0.05, 0, 6.35], to: [-0.2, 0, 2.4], seconds: 5 },
      { from: [5.4, 0, 5.4], to: [-6.5, 0, 4.6], seconds: 10 },
    ])
  }
  const lens = createLens({ ...size, from: [0, 5.2, 0], down: 0.22, right: 0, focal: 520 })
  drawCarPark(canvas, lens, random)
  return finish(lens, [
    { from: [-11, 0, 13], to: [12, 0, 15], seconds: 18 },
    { from: [3, 0, 27], to: [-1.5, 0, 9.5], seconds: 14 },
    { from: [10, 0, 11], to: [-10, 0, 16.5], seconds: 17 },
    { from: [-4.4, 0, 17.6], to: [-10, 0, 11], seconds: 8 },
  ])
}
