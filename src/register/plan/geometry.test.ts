/**
 * Goal: a view that touches an area is never called clear, and a clear one is never called a conflict. Method: thousands
 * of views and areas; points picked at random are the oracle, and turning or moving both changes nothing.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  type Cone,
  coneEdge,
  coneOutline,
  contains,
  type Point,
  type Polygon,
  seesArea,
  seesPoint,
} from './geometry.ts'

const number = (min: number, max: number) => fc.double({ min, max, noNaN: true })
const cone = fc.record({
  x: number(0, 100),
  y: number(0, 100),
  direction: number(0, 360),
  angle: number(5, 360),
  range: number(1, 60),
})
/** A triangle or rectangle: never crosses itself. */
const area: fc.Arbitrary<Polygon> = fc.oneof(
  fc.tuple(number(0, 95), number(0, 95), number(0.5, 40), number(0.5, 40)).map(([x, y, w, h]) => [
    { x, y },
    { x: x + w, y },
    { x: x + w, y: y + h },
    { x, y: y + h },
  ]),
  fc
    .tuple(number(0, 100), number(0, 100), number(1, 30), number(0, 360))
    .map(([x, y, size, turn]) =>
      [0, 120, 240].map((at) => coneEdge({ x, y, direction: turn, angle: 360, range: size }, at)),
    ),
)
const square = (x: number, y: number, size = 1): Polygon => [
  { x, y },
  { x: x + size, y },
  { x: x + size, y: y + size },
  { x, y: y + size },
]

test('a view meets what lies before it and not what lies beside, behind or beyond', () => {
  const up: Cone = { x: 50, y: 50, direction: 0, angle: 60, range: 20 }
  assert.equal(seesArea(up, square(49, 35)), true)
  assert.equal(seesArea(up, square(49, 60)), false, 'behind')
  assert.equal(seesArea(up, square(80, 45)), false, 'beside')
  assert.equal(seesArea(up, square(49, 20)), false, 'beyond')
  assert.equal(seesArea(up, square(0, 0, 100)), true, 'all around it')
  assert.equal(seesArea({ ...up, direction: 180 }, square(49, 60)), true)
  assert.equal(seesArea({ ...up, angle: 360 }, square(49, 60)), true)
  assert.equal(seesArea({ ...up, direction: 359.9 }, square(49, 35)), true, 'over the top of the circle')
})

test('an area thinner than the space between two rays is not overlooked', () => {
  const narrow: Cone = { x: 0, y: 50, direction: 90, angle: 90, range: 50 }
  const thin: Polygon = [
    { x: 30, y: 40 },
    { x: 30.01, y: 40 },
    { x: 30.01, y: 60 },
    { x: 30, y: 60 },
  ]
  assert.equal(seesArea(narrow, thin), true)
  // Crossed by the arc alone: its corners lie beyond the range.
  assert.equal(
    seesArea(narrow, [
      { x: 49.9, y: -100 },
      { x: 60, y: -100 },
      { x: 60, y: 200 },
      { x: 49.9, y: 200 },
    ]),
    true,
  )
})

test('a point that is both in the view and in the area is proof that they meet', () => {
  fc.assert(
    fc.property(cone, area, number(0, 1), number(-1, 1), (view, shape, far, turn) => {
      const point = coneEdge({ ...view, range: view.range * far }, (turn * Math.min(360, view.angle)) / 2)
      if (contains(shape, point)) assert.equal(seesArea(view, shape), true)
    }),
    { numRuns: 5000 },
  )
})

test('where they are said to meet, points that prove it are found close by', () => {
  fc.assert(
    fc.property(cone, area, (view, shape) => {
      if (!seesArea(view, shape)) return
      // A slightly larger view, sampled on a fine grid over the area, must hold a point of it.
      const larger = { ...view, range: view.range + 0.8, angle: Math.min(360, view.angle + 8) }
      const near = (point: Point) => Math.hypot(point.x - view.x, point.y - view.y) <= 0.8
      assert.ok(gridOf(shape).some((point) => near(point) || seesPoint(larger, point)))
    }),
    { numRuns: 1000 },
  )
})

test('moving or turning view and area together changes nothing; more range or angle never sees less', () => {
  fc.assert(
    fc.property(cone, area, number(-50, 50), number(0, 360), (view, shape, shift, turn) => {
      // What touches by a hair may fall to either side when numbers are rounded.
      const [less, more] = [scaled(view, -0.01), scaled(view, 0.01)]
      if (seesArea(less, shape) !== seesArea(more, shape)) return
      const seen = seesArea(view, shape)
      const moved = shape.map((p) => ({ x: p.x + shift, y: p.y - shift }))
      assert.equal(seesArea({ ...view, x: view.x + shift, y: view.y - shift }, moved), seen)
      const turned = shape.map((p) => turnAround(view, p, turn))
      assert.equal(seesArea({ ...view, direction: view.direction + turn }, turned), seen)
      if (seen) assert.equal(seesArea({ ...view, range: view.range * 2, angle: view.angle }, shape), true)
      if (seen) assert.equal(seesArea({ ...view, angle: Math.min(360, view.angle * 1.5) }, shape), true)
    }),
    { numRuns: 2000 },
  )
})

test('what is drawn is what is reckoned with: its corners are within the view', () => {
  fc.assert(
    fc.property(cone, (view) => coneOutline(view).every((point) => seesPoint(view, point))),
    { numRuns: 500 },
  )
})

const scaled = (view: Cone, by: number): Cone => ({
  ...view,
  range: view.range * (1 + by),
  angle: Math.min(360, view.angle * (1 + by)),
})

function turnAround(centre: Point, point: Point, degrees: number): Point {
  const at = (degrees * Math.PI) / 180
  const [dx, dy] = [point.x - centre.x, point.y - centre.y]
  return {
    x: centre.x + dx * Math.cos(at) - dy * Math.sin(at),
    y: centre.y + dx * Math.sin(at) + dy * Math.cos(at),
  }
}

/** Corners, edges and inside in steps of at most a fortieth. */
function gridOf(shape: Polygon): Point[] {
  const points: Point[] = []
  const middle = {
    x: shape.reduce((sum, p) => sum + p.x, 0) / shape.length,
    y: shape.reduce((sum, p) => sum + p.y, 0) / shape.length,
  }
  for (const [index, a] of shape.entries()) {
    const b = shape[(index + 1) % shape.length]!
    for (let i = 0; i <= 60; i += 1)
      for (let j = 0; j <= 30; j += 1) {
        const edge = { x: a.x + ((b.x - a.x) * i) / 60, y: a.y + ((b.y - a.y) * i) / 60 }
        points.push({
          x: edge.x + ((middle.x - edge.x) * j) / 30,
          y: edge.y + ((middle.y - edge.y) * j) / 30,
        })
      }
  }
  return points
}
