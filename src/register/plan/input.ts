/** What is typed about a plan, with messages that say what to do. Metres and degrees, with a point or a comma. */
import { z } from 'zod'
import { fields } from '#web/web.ts'
import type { Polygon } from './geometry.ts'
import { areaKinds, settlementWays } from './view.ts'

export function decimal(what: string, min: number, max: number) {
  const message = `Enter ${what} as a number from ${min} to ${max}`
  return z.preprocess(
    (given) =>
      typeof given === 'string' && /^\s*-?\d{1,6}([.,]\d{1,6})?\s*$/.test(given)
        ? Number(given.trim().replace(',', '.'))
        : given,
    z
      .number({ error: () => message })
      .min(min, message)
      .max(max, message),
  )
}

export const withSite = { id: fields.id('a place') }

export const placing = {
  camera: fields.id('a camera'),
  x: decimal('how far it is from the left edge', 0, 5000),
  y: decimal('how far it is from the top edge', 0, 50_000),
  // A full turn is where it began.
  direction: z.preprocess((v) => v, decimal('the direction', 0, 360)).transform((d) => d % 360),
  angle: decimal('how wide it sees', 5, 360),
  range: decimal('how far it sees', 0.5, 500),
}

const optionalDecimal = (what: string, max: number) =>
  z.preprocess((v) => (v === '' || v === undefined ? null : v), decimal(what, 0, max).nullable())

export const marking = {
  name: fields.text('what it is', 100),
  kind: fields.choice('what kind of area it is', areaKinds),
  seeThrough: fields.tick(),
  left: optionalDecimal('the distance from the left edge', 5000),
  top: optionalDecimal('the distance from the top edge', 50_000),
  width: optionalDecimal('the width', 5000),
  height: optionalDecimal('the height', 50_000),
  corners: fields.optionalText('the corners', 2000),
}

export const settling = {
  camera: fields.id('a camera'),
  area: fields.id('an area'),
  way: fields.choice('how it is settled', settlementWays),
  givenOn: fields.day('the day'),
  note: fields.text('who agreed, or how the mask is set', 500),
}

export const cornersMax = 40

/** The rectangle's four numbers, or one corner a line ("12.5 3"); a sentence when neither makes an area. */
export function shapeOf(given: {
  readonly left: number | null
  readonly top: number | null
  readonly width: number | null
  readonly height: number | null
  readonly corners: string | null
}): Polygon | { readonly field: string; readonly message: string } {
  if (given.corners !== null) {
    const corners = given.corners
      .split(/\n|;/)
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .map((line) => /^(\d{1,5}(?:[.,]\d{1,6})?)\s*[ /x×]\s*(\d{1,5}(?:[.,]\d{1,6})?)$/.exec(line))
    if (corners.length < 3 || corners.length > cornersMax || corners.includes(null))
      return {
        field: 'corners',
        message: `Write three to ${cornersMax} corners, one a line: metres from the left, a space, metres from the top`,
      }
    const number = (text: string) => Number(text.replace(',', '.'))
    return corners.map((c) => ({ x: number(c![1]!), y: number(c![2]!) }))
  }
  const { left, top, width, height } = given
  if (left === null || top === null || width === null || height === null)
    return { field: 'left', message: 'Give the four numbers of a rectangle, or corners below' }
  if (width < 0.1 || height < 0.1)
    return { field: 'width', message: 'Width and height must be at least 0.1 metres' }
  return [
    { x: left, y: top },
    { x: left + width, y: top },
    { x: left + width, y: top + height },
    { x: left, y: top + height },
  ]
}
