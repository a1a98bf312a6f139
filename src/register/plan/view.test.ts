import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shapeOf } from './input.ts'
import { pictureSize } from './picture-size.ts'
import type { Area } from './store.ts'
import { type AreaKind, conflictsOf, type Settlement, viewOf } from './view.ts'

const area = (kind: AreaKind, seeThrough = false): Area => ({
  id: `${kind}-${seeThrough}`,
  name: kind,
  kind,
  seeThrough,
  corners: [
    { x: 9, y: 2 },
    { x: 11, y: 2 },
    { x: 11, y: 4 },
    { x: 9, y: 4 },
  ],
})
const placed = {
  cameraId: 'c',
  cone: { x: 10, y: 10, direction: 0, angle: 60, range: 12 },
  version: 3,
  aimVersion: 1,
}
const settled = (areaId: string, change: Partial<Settlement> = {}): Settlement => ({
  id: 's',
  cameraId: 'c',
  areaId,
  viewVersion: 3,
  way: 'permission',
  givenOn: '2026-11-20',
  note: 'The tenant',
  proofId: 'p',
  ...change,
})
const demands = (...areas: Area[]) => conflictsOf(placed, areas, []).map((c) => [c.area.kind, c.demand])

test('a wall needs no leave until somebody can be seen through it', () => {
  assert.deepEqual(demands(area('wall')), [])
  assert.deepEqual(demands(area('wall', true)), [['wall', 'leave']])
  assert.deepEqual(demands(area('shared')), [])
  assert.deepEqual(demands(area('private-property'), area('neighbour-window'), area('private-room')), [
    ['private-property', 'leave'],
    ['neighbour-window', 'leave'],
    ['private-room', 'refused'],
  ])
})

test('a wall hides nothing that is marked behind it: the strict reading', () => {
  const wall = { ...area('wall'), corners: area('wall').corners.map((p) => ({ x: p.x, y: p.y + 3 })) }
  assert.deepEqual(demands(wall, area('private-room')), [['private-room', 'refused']])
})

test('leave is for one camera, one area and one view; a private room is never settled', () => {
  const garden = area('private-property')
  const of = (...settlements: Settlement[]) => conflictsOf(placed, [garden], settlements)[0]?.settlement
  assert.equal(of(settled(garden.id))?.id, 's')
  assert.equal(of(settled(garden.id, { viewVersion: 2 })), null)
  assert.equal(of(settled(garden.id, { cameraId: 'other' })), null)
  assert.equal(of(settled('elsewhere')), null)
  const room = area('private-room')
  assert.equal(conflictsOf(placed, [room], [settled(room.id)])[0]?.settlement, null)
})

test('a camera that was re-aimed since it was drawn is stale, one that is not drawn sees nothing known', () => {
  assert.equal(viewOf({ aimVersion: 1 }, placed, []).stale, false)
  assert.equal(viewOf({ aimVersion: 2 }, placed, []).stale, true)
  assert.deepEqual(viewOf({ aimVersion: 1 }, undefined, []), {
    drawn: false,
    stale: false,
    refused: [],
    private: [],
  })
})

test('an area is four numbers or its corners, and nothing less', () => {
  const none = { left: null, top: null, width: null, height: null, corners: null }
  assert.equal((shapeOf({ ...none, left: 1, top: 2, width: 3, height: 4 }) as unknown[]).length, 4)
  assert.deepEqual(shapeOf({ ...none, corners: '0 0\n4,5 0\n4.5 3' }), [
    { x: 0, y: 0 },
    { x: 4.5, y: 0 },
    { x: 4.5, y: 3 },
  ])
  for (const bad of [
    none,
    { ...none, left: 1, top: 2, width: 3 },
    { ...none, left: 1, top: 2, width: 0, height: 1 },
    { ...none, corners: '0 0\n1 1' },
    { ...none, corners: '0 0\n1 1\nhere' },
    { ...none, corners: '1 1\n'.repeat(41) },
  ])
    assert.ok('message' in shapeOf(bad as Parameters<typeof shapeOf>[0]))
})

test('a picture’s size is read from its head, and nonsense has none', () => {
  const png = Buffer.alloc(33)
  png.write('\x89PNG\r\n\x1a\n', 0, 'latin1')
  png.write('IHDR', 12, 'latin1')
  png.writeUInt32BE(800, 16)
  png.writeUInt32BE(500, 20)
  assert.deepEqual(pictureSize(png), { width: 800, height: 500 })
  const jpeg = Buffer.from('ffd8ffe000104a46494600010100000100010000ffc0001108020003000301', 'hex')
  assert.deepEqual(pictureSize(jpeg), { width: 768, height: 512 })
  png.writeUInt32BE(1, 20)
  assert.equal(pictureSize(png), null)
  assert.equal(pictureSize(Buffer.from('ffd8', 'hex')), null)
  assert.equal(pictureSize(Buffer.from('nothing at all')), null)
})
