import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkRows } from './check-rows.ts'
import type { Known, KnownCamera } from './known.ts'
import { readEstateFile } from './read-file.ts'

test('a file of 3,000 cameras is compared with 3,000 in the register without looking at each for each', () => {
  const count = 3000
  let looks = 0
  const cameras = Array.from({ length: count }, (_, i): KnownCamera => {
    const camera = {
      id: `camera-${i}`,
      systemId: `system-${i >> 3}`,
      siteId: `site-${i >> 3}`,
      reference: `C${i}`,
      label: '',
      position: 'Above the door',
      model: '',
      serial: `S${i}`,
      recorderId: null,
      rtspUrl: null,
      credentials: null,
      daysKept: null,
      sign: null,
      running: null,
    }
    return Object.defineProperty(camera, 'label', {
      enumerable: true,
      get() {
        looks += 1
        return `Camera ${i}`
      },
    })
  })
  const sites = Array.from({ length: count >> 3 }, (_, i) => ({
    id: `site-${i}`,
    name: `Court ${i}`,
    address: ['1 Example Street'],
    kind: 'communal' as const,
    area: null,
    latitude: null,
    longitude: null,
  }))
  const known = {
    sites,
    systems: sites.map(({ id, name }, i) => ({
      id: `system-${i}`,
      siteId: id,
      name,
      purposes: ['crime'],
      managerId: null,
    })),
    cameras,
    recorders: [],
    staff: [],
    values: { purposes: [], lawfulBases: [], deploymentTypes: [] },
    reaches: () => true,
    against: () => [],
  } as unknown as Known
  const rows = Array.from({ length: count }, (_, i) => `c${i},COURT ${i >> 3},camera  ${i},s${i}`)
  const file = readEstateFile(Buffer.from(`Reference,Site,Camera,Serial number\n${rows.join('\n')}\n`))
  const { problems, cameras: steps } = checkRows(file, known)
  assert.deepEqual(problems, [])
  assert.equal(
    steps.every((step, i) => step.id === `camera-${i}`),
    true,
  )
  assert.ok(looks < 20 * count, `${looks} looks`)
})
