/**
 * What a camera can see on a plan, as a sector of a circle, and whether it meets an area. Pure. Walls are not looked at:
 * a camera counts as seeing everything within its angle and range, which is the strict reading. Metres; x to the right and
 * y down the plan; degrees clockwise from the top of the plan.
 */

export type Point = { readonly x: number; readonly y: number }

export type Cone = Point & {
  /** Where its middle looks: 0 is up the plan, 90 to the right. */
  readonly direction: number
  /** Of the whole view, from edge to edge; 360 for a dome that turns. */
  readonly angle: number
  /** How far somebody can still be made out. */
  readonly range: number
}

/** At least three corners, in order around; it closes by itself. */
export type Polygon = readonly Point[]

/** A millimetre: what touches is seen. */
const touch = 0.001
const radians = (degrees: number): number => (degrees * Math.PI) / 180

/** Where a ray from the camera reaches its range. @param turn degrees from the middle of the view */
export function coneEdge(cone: Cone, turn: number): Point {
  const at = radians(cone.direction + turn)
  return { x: cone.x + cone.range * Math.sin(at), y: cone.y - cone.range * Math.cos(at) }
}

/** Is this point within angle and range? */
export function seesPoint(cone: Cone, point: Point): boolean {
  const [dx, dy] = [point.x - cone.x, point.y - cone.y]
  const distance = Math.hypot(dx, dy)
  if (distance <= touch) return true
  if (distance > cone.range + touch) return false
  if (cone.angle >= 360) return true
  const bearing = (Math.atan2(dx, -dy) * 180) / Math.PI
  const turn = Math.abs(((bearing - cone.direction + 540) % 360) - 180)
  // The slack of a millimetre, as an angle at that distance.
  return normal(turn) <= cone.angle / 2 + (Math.asin(Math.min(1, touch / distance)) * 180) / Math.PI
}

/** JavaScript's remainder keeps the sign, so a turn may come out one circle off. */
const normal = (turn: number): number => (turn > 180 ? Math.abs(turn - 360) : turn)

/** Does any of the area lie in the view? */
export function seesArea(cone: Cone, area: Polygon): boolean {
  if (area.length < 3) return false
  if (contains(area, cone)) return true
  return area.some((corner, index) => seesSegment(cone, corner, area[(index + 1) % area.length]!))
}

function seesSegment(cone: Cone, a: Point, b: Point): boolean {
  if (seesPoint(cone, a) || seesPoint(cone, b)) return true
  if (crossesArc(cone, a, b)) return true
  if (cone.angle >= 360) return false
  return [-1, 1].some((side) => crosses(a, b, cone, coneEdge(cone, (side * cone.angle) / 2)))
}

/** Where the line from a to b meets the circle of the range, is it within the angle? */
function crossesArc(cone: Cone, a: Point, b: Point): boolean {
  const [dx, dy] = [b.x - a.x, b.y - a.y]
  const [fx, fy] = [a.x - cone.x, a.y - cone.y]
  const length = dx * dx + dy * dy
  if (length === 0) return false
  const half = fx * dx + fy * dy
  const under = half * half - length * (fx * fx + fy * fy - cone.range * cone.range)
  if (under < 0) return false
  const root = Math.sqrt(under)
  return [(-half - root) / length, (-half + root) / length].some(
    (t) => t >= 0 && t <= 1 && seesPoint(cone, { x: a.x + t * dx, y: a.y + t * dy }),
  )
}

/** Is a point inside the area or on its edge? Even–odd rule; an edge counts as inside. */
export function contains(area: Polygon, point: Point): boolean {
  let inside = false
  for (const [index, a] of area.entries()) {
    const b = area[(index + 1) % area.length]!
    if (distanceTo(a, b, point) <= touch) return true
    if (a.y > point.y !== b.y > point.y && point.x < ((b.x - a.x) * (point.y - a.y)) / (b.y - a.y) + a.x)
      inside = !inside
  }
  return inside
}

function distanceTo(a: Point, b: Point, point: Point): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y]
  const length = dx * dx + dy * dy
  const t =
    length === 0 ? 0 : Math.max(0, Math.min(1, ((point.x - a.x) * dx + (point.y - a.y) * dy) / length))
  return Math.hypot(point.x - a.x - t * dx, point.y - a.y - t * dy)
}

function crosses(a: Point, b: Point, c: Point, d: Point): boolean {
  const side = (p: Point, q: Point, r: Point) => (q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x)
  const [one, two, three, four] = [side(a, b, c), side(a, b, d), side(c, d, a), side(c, d, b)]
  if (one * two < 0 && three * four < 0) return true
  return [
    [a, b, c],
    [a, b, d],
    [c, d, a],
    [c, d, b],
  ].some(([p, q, r]) => distanceTo(p!, q!, r!) <= touch)
}

/** The view as a polygon to draw: the camera, then its arc in steps of at most 10 degrees. */
export function coneOutline(cone: Cone): Point[] {
  const angle = Math.min(360, cone.angle)
  const steps = Math.max(1, Math.ceil(angle / 10))
  const arc = Array.from({ length: steps + 1 }, (_, i) => coneEdge(cone, -angle / 2 + (i * angle) / steps))
  return angle >= 360 ? arc.slice(0, -1) : [{ x: cone.x, y: cone.y }, ...arc]
}
