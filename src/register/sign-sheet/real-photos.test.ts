/**
 * Goal: a photo that a person would call good is read. Method: a printed sign on a brick wall is photographed by a
 * reckoned camera of 12 million points: seen from the side, turned, in uneven light, blurred, grainy, saved as a
 * telephone does.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import encodeQR from 'qr'
import { readPhotoCodes } from './read-photo.ts'
import { readSignAddress } from './sign-code.ts'
import { signSheet } from './sign-sheet.ts'

const sheet = {
  code: 'K9HXRY61GQ90RTB0444T',
  version: 2,
  base: 'https://cctv.example.org',
  says: {
    operator: 'Example Homes',
    purposes: ['Prevent or find anti-social behaviour'],
    contact: { name: 'Customer services', phone: '0800 000 0000', email: '', web: '', post: '' },
    audio: false,
    monitored: false,
    languages: [],
  },
}
const [wide, high] = [3024, 4032]
const radians = (degrees: number) => (degrees * Math.PI) / 180

type Shot = {
  /** Width of the sign as a share of the photo's, seen from the front. */
  readonly share: number
  /** How far the camera stands to the side, looks up, and is turned; degrees. */
  readonly side?: number
  readonly up?: number
  readonly turn?: number
  /** Of the sun: 1 is a clear day in the open. */
  readonly light?: number
  /** Somebody else's code hangs to the right of the sign. */
  readonly poster?: boolean
}

let folder = ''
let print: { readonly data: Buffer; readonly w: number; readonly h: number }
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'overt-photo-'))
  const pdf = join(folder, 'sign.pdf')
  await writeFile(pdf, await signSheet(sheet, 'a4', 'pdf'))
  execFileSync('/usr/bin/pdftoppm', ['-r', '300', '-singlefile', '-gray', pdf, join(folder, 'print')])
  const pgm = await readFile(join(folder, 'print.pgm'))
  const [head, w, h] = /^P5\s+(\d+)\s+(\d+)\s+255\s/.exec(pgm.toString('latin1', 0, 40))!
  print = { data: pgm.subarray(head.length), w: Number(w), h: Number(h) }
})
after(() => rm(folder, { recursive: true, force: true }))

const posterRows = encodeQR('https://www.example.net/pay-here?campaign=12', 'raw', { border: 4 })

/** How bright the wall is at `u`, `v`: shares of the sign's width from its middle, down and to the right. */
function wallAt(u: number, v: number, poster: boolean): number {
  const [x, y] = [(u + 0.5) * print.w, v * print.w + print.h / 2]
  if (x >= 0 && y >= 0 && x < print.w && y < print.h)
    return print.data[Math.floor(y) * print.w + Math.floor(x)]!
  const [px, py] = [(u - 0.6) / 0.5, v / 0.5 + 0.5]
  if (poster && px >= 0 && py >= 0 && px < 1 && py < 1)
    return posterRows[Math.floor(py * posterRows.length)]![Math.floor(px * posterRows.length)] ? 30 : 240
  const course = v / 0.36
  const brick = u / 1.07 + (Math.floor(course) % 2) * 0.5
  const joint = course - Math.floor(course) < 0.13 || brick - Math.floor(brick) < 0.045
  return joint ? 160 : 75 + ((Math.floor(course) * 7 + Math.floor(brick) * 13) % 30)
}

/** A photo as a telephone saves it: 65 degrees wide, corners darker, JPEG at about 60 of 100. */
async function photographed(name: string, shot: Shot): Promise<Buffer> {
  const focal = high / 2 / Math.tan(radians(65 / 2))
  const far = focal / (shot.share * wide)
  const [side, up, turn] = [radians(shot.side ?? 0), radians(shot.up ?? 0), radians(shot.turn ?? 0)]
  const [cs, ss, cu, su] = [Math.cos(side), Math.sin(side), Math.cos(up), Math.sin(up)]
  const [ct, st] = [Math.cos(turn), Math.sin(turn)]
  // The wall's own two directions and the one that stands out of it, as the camera sees them.
  const across = [ct * cs - st * su * ss, st * cs + ct * su * ss, -cu * ss] as const
  const down = [-st * cu, ct * cu, su] as const
  const out = [ct * ss + st * su * cs, st * ss - ct * su * cs, cu * cs] as const
  const grey = Buffer.alloc(wide * high)
  let seed = 7
  for (let y = 0; y < high; y += 1)
    for (let x = 0; x < wide; x += 1) {
      const [rx, ry] = [(x - wide / 2) / focal, (y - high / 2) / focal]
      const reach = (out[2] * far) / (out[0] * rx + out[1] * ry + out[2])
      const [px, py, pz] = [rx * reach, ry * reach, reach - far]
      const u = across[0] * px + across[1] * py + across[2] * pz
      const v = down[0] * px + down[1] * py + down[2] * pz
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
      const shade =
        (shot.light ?? 0.9) *
        (1 + 0.5 * (x / wide - 0.5) - 0.4 * ((y / high - 0.5) ** 2 + (x / wide - 0.5) ** 2))
      const value = wallAt(u, v, shot.poster ?? false) * shade + (seed / 2 ** 32 - 0.5) * 30
      grey[y * wide + x] = Math.max(0, Math.min(255, value))
    }
  const path = join(folder, `${name}.jpg`)
  execFileSync(
    '/usr/bin/ffmpeg',
    [
      ...['-v', 'error', '-y', '-f', 'rawvideo', '-pix_fmt', 'gray', '-s', `${wide}x${high}`, '-i', '-'],
      ...['-vf', 'gblur=sigma=1.3,format=yuvj420p', '-frames:v', '1', '-q:v', '6', path],
    ],
    { input: grey },
  )
  return readFile(path)
}

const shots: Readonly<Record<string, Shot>> = {
  'from the side, a little turned': { share: 0.35, side: 40, turn: -8 },
  'from below, at dusk': { share: 0.3, up: 35, turn: 10, light: 0.35 },
  'standing on its corner': { share: 0.35, turn: 45, side: 15 },
  'small, across a car park': { share: 0.15, side: 25 },
  'beside a poster with a code of its own': { share: 0.25, side: 15, poster: true },
}
for (const [how, shot] of Object.entries(shots))
  test(`a sign is read in a photo of 12 million points: ${how}`, async () => {
    const texts = await readPhotoCodes(await photographed('shot', shot))
    assert.deepEqual(
      texts.flatMap((text) => readSignAddress(text) ?? []),
      [{ code: sheet.code, version: sheet.version }],
    )
  })

test('a sign is read in a photo that lies on its side and says which way up it is shown', async () => {
  const upright = await photographed('upright', { share: 0.4, side: 20 })
  const path = join(folder, 'lying.jpg')
  await writeFile(path, upright)
  const lying = execFileSync('/usr/bin/ffmpeg', [
    ...['-v', 'error', '-i', path, '-vf', 'transpose=2', '-q:v', '5', '-f', 'mjpeg', '-'],
  ])
  // EXIF orientation 6, as telephones held upright write it.
  const turn = Buffer.from(
    `ffe10022${Buffer.from('Exif\0\0MM\0*').toString('hex')}00000008000101120003000000010006000000000000`,
    'hex',
  )
  const texts = await readPhotoCodes(Buffer.concat([lying.subarray(0, 2), turn, lying.subarray(2)]))
  assert.equal(readSignAddress(texts[0] ?? '')?.code, sheet.code)
})
