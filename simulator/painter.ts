import type { SceneKind } from './camera.ts'
import { newPicture, type Picture } from './canvas.ts'
import { drawClock } from './clock-strip.ts'
import { clockText, drawLabel, labelWidth } from './overlay.ts'
import { drawPeople } from './people.ts'
import { createScene } from './scenes.ts'

/** Makes the pictures of one camera. */
export type Painter = {
  /** The picture at this time by the camera's clock. The same memory is drawn over at the next call. */
  paint(epochMs: number, frame: number): Picture
}

export function createPainter(options: {
  readonly scene: SceneKind
  readonly caption: string
  readonly camera: number
  readonly seed: number
  readonly width: number
  readonly height: number
  readonly timeZone: string
}): Painter {
  const { width, height, camera, seed, timeZone } = options
  const scene = createScene(options.scene, width, height, seed)
  const picture = newPicture(width, height)
  return {
    paint(epochMs, frame) {
      scene.background.bytes.copy(picture.bytes)
      drawPeople(picture, scene, epochMs, seed)
      drawLabel(picture, options.caption, 8, 8, 2)
      const clock = clockText(epochMs, timeZone)
      drawLabel(picture, clock, (width - 8 - labelWidth(clock, 2)) & ~1, 8, 2)
      drawClock(picture.luma, width, height, { epochMs, frame, camera })
      // The strip is grey, whatever lies behind it.
      const block = Math.floor(width / 80)
      const rows = block
      for (let row = height / 2 - rows; row < height / 2; row += 1) {
        const start = row * (width / 2) + (width - 48 * block) / 4
        picture.blue.fill(128, start, start + 24 * block)
        picture.red.fill(128, start, start + 24 * block)
      }
      return picture
    },
  }
}
