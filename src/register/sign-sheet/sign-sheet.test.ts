import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { signPhoto } from '#visitor/visitor.ts'
import { pictureSize, pointsMax, readPhotoCodes } from './read-photo.ts'
import { addressShown, newSignCode, readSignAddress, readSignCode, signAddress } from './sign-code.ts'
import { changeOf, mustBeTold, type SignSays, sameWords, signLacks, signLines } from './sign-says.ts'
import { sheetSizes, signSheet } from './sign-sheet.ts'
import { withTrimBox } from './trim-box.ts'

const base = 'https://cctv.example.org'
const says: SignSays = {
  operator: 'Example Homes',
  purposes: ['Prevent or find anti-social behaviour'],
  contact: { name: 'Customer services', phone: '0800 000 0000', email: '', web: '', post: '' },
  audio: false,
  monitored: false,
  languages: [],
}
const sheet = { code: 'K9HXRY61GQ90RTB0444T', version: 2, says, base }

let folder = ''
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'overt-sign-'))
})
after(() => rm(folder, { recursive: true, force: true }))

test('an address of a sign is read from its code and from what people type, and nothing else is one', () => {
  const code = newSignCode()
  assert.match(code, /^[0-9A-HJKMNP-TV-Z]{20}$/)
  assert.notEqual(code, newSignCode())
  const address = { code, version: 12 }
  assert.deepEqual(readSignAddress(signAddress(base, address)), address)
  assert.deepEqual(readSignAddress(signAddress('https://example.org/cctv', address)), address)
  assert.deepEqual(readSignAddress(`https://${addressShown(base, address)}`), address)
  assert.equal(readSignCode('k9hx-ry6l-gq9o-rtbo-444t'), 'K9HXRY61GQ90RTB0444T')
  for (const text of [
    '',
    'https://example.org/',
    `${base}/s/${code}`,
    `${base}/s/${code}/0`,
    `${base}/s/${code}/x`,
    `${base}/s/${code.slice(1)}/1`,
    `${base}/s/${'U'.repeat(20)}/1`,
    `javascript:alert(1)/s/${code}/1`,
  ])
    assert.equal(readSignAddress(text), null, text)
})

test('what a sign says follows from the facts, and only other words are a change', () => {
  const lines = (changed: Partial<SignSays>) => JSON.stringify(signLines({ ...says, ...changed }))
  assert.match(lines({}), /No sound/)
  assert.doesNotMatch(lines({}), /watching/)
  assert.match(lines({ audio: true }), /Pictures and sound/)
  assert.match(lines({ monitored: true }), /may be watching/)
  assert.equal(sameWords(says, structuredClone(says)), true)
  assert.equal(changeOf(says, { ...says, audio: true, purposes: ['Other'] }), 'what it is for, sound')
  assert.equal(mustBeTold(says, { ...says, audio: true }), true)
  assert.equal(mustBeTold(says, { ...says, monitored: true }), true)
  assert.equal(mustBeTold({ ...says, audio: true }, says), false)
  assert.equal(mustBeTold(says, { ...says, contact: null }), false)
})

test('no sign is made without who runs the camera, why, and whom to ask', async () => {
  for (const [lacking, word] of [
    [{ operator: '' }, /who runs/],
    [{ purposes: [] }, /what the camera is for/],
    [{ contact: null }, /whom people can ask/],
  ] as const) {
    const poor = { ...says, ...lacking }
    assert.match(signLacks(poor).join(), word)
    await assert.rejects(
      signSheet({ ...sheet, says: poor }, 'a4', 'pdf'),
      /needs operator, purpose and contact/,
    )
  }
  assert.deepEqual(signLacks(says), [])
})

test('a sign of any size is one tagged page with all it must say, however long, and takes words as words', async () => {
  const long: SignSays = {
    operator: `${'A very long name of a landlord '.repeat(5)}#read("/etc/passwd") *x* $y$`,
    purposes: Array.from({ length: 9 }, (_, i) => `Purpose ${i} ${'with many words '.repeat(6)}`),
    contact: {
      name: 'The team that answers '.repeat(5),
      phone: '0800 000 0000',
      email: `${'long.'.repeat(12)}name@${'long.'.repeat(12)}example.org`,
      web: `https://www.example.org/${'path/'.repeat(20)}`,
      post: 'The House\n1 Example Street\nExampleton\nEX1 1AA',
    },
    audio: true,
    monitored: true,
    languages: ['Polski', '中文', 'Українська', 'Română'],
  }
  for (const size of sheetSizes)
    for (const words of [says, long]) {
      const path = join(folder, `${size}.pdf`)
      await writeFile(path, await signSheet({ ...sheet, says: words }, size, 'pdf'))
      const info = execFileSync('/usr/bin/pdfinfo', [path]).toString()
      assert.match(info, /Tagged:\s+yes/)
      assert.match(info, /Pages:\s+1\n/)
      const width = { a4: '595.276', a3: '841.89', door: '283.465' }[size]
      assert.match(info, new RegExp(`Page size:\\s+${width}`))
      const text = execFileSync('/usr/bin/pdftotext', ['-layout', path, '-'])
        .toString()
        .replace(/[\s\u200b]+/g, '')
      const must = [words.contact!.phone, 'Sign K9HX', 'version 2', 'k9hx-ry61'.toUpperCase()]
      if (words === long)
        must.push(
          '#read("/etc/passwd") *x* $y$',
          'Somebody may be watching',
          'and sound',
          '5 more',
          'Polski · Українська · Română',
          words.contact!.email,
        )
      for (const said of must)
        assert.ok(text.includes(said.replace(/\s+/g, '')), `${size}: ${said} is not in ${text}`)
    }
})

test('for a print shop the colours go 3 mm beyond a cut that the file names, and the sign is the same', async () => {
  for (const [size, wide, high] of [
    ['a4', 595.28, 841.89],
    ['a3', 841.89, 1190.55],
    ['door', 283.46, 425.2],
  ] as const) {
    const path = join(folder, `shop-${size}.pdf`)
    await writeFile(path, await signSheet(sheet, size, 'shop-pdf'))
    const info = execFileSync('/usr/bin/pdfinfo', ['-box', path]).toString()
    assert.match(info, /Tagged:\s+yes/)
    assert.match(info, /Pages:\s+1\n/)
    const box = (name: string) =>
      new RegExp(`${name}:\\s+([\\d.]+)\\s+([\\d.]+)\\s+([\\d.]+)\\s+([\\d.]+)`)
        .exec(info)!
        .slice(1)
        .map(Number)
    const [left, bottom, right, top] = box('TrimBox') as [number, number, number, number]
    const near = (one: number, other: number) => Math.abs(one - other) < 0.02
    assert.ok(near(left, 8.504) && near(bottom, 8.504), `${left} ${bottom}`)
    assert.ok(near(right - left, wide) && near(top - bottom, high), `${right - left} ${top - bottom}`)
    assert.deepEqual(box('BleedBox'), box('MediaBox'))
    // At the paper's own corners, outside of the cut: yellow above, teal below.
    execFileSync('/usr/bin/pdftoppm', ['-r', '72', '-singlefile', path, join(folder, 'shop')])
    const ppm = await readFile(join(folder, 'shop.ppm'))
    const [head, w, h] = /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(ppm.toString('latin1', 0, 40))!
    const at = (x: number, y: number) => [
      ...ppm.subarray(head.length + (y * Number(w) + x) * 3, head.length + (y * Number(w) + x) * 3 + 3),
    ]
    for (const x of [1, Number(w) - 3]) {
      assert.deepEqual(at(x, 2), [0xff, 0xd2, 0x3e], size)
      assert.deepEqual(at(x, Number(h) - 3), [0x0b, 0x4f, 0x5c], size)
    }
    assert.ok(execFileSync('/usr/bin/pdftotext', [path, '-']).includes('CCTV in'))
    // Written once more behind the end, as readers that mind each byte want it: offsets and numbers fit.
    const pdf = (await readFile(path)).toString('latin1')
    const started = Number(/startxref\s+(\d+)\s+%%EOF\s*$/.exec(pdf)![1])
    const [, number, offset] = /^xref\n(\d+) 1\n(\d{10}) 00000 n \n/.exec(pdf.slice(started))!
    assert.ok(pdf.slice(Number(offset)).startsWith(`${number} 0 obj`))
  }
  assert.throws(() => withTrimBox(Buffer.from('%PDF-1.7 of another make'), 3), /print shop/)
})

/** Prints a sign, and takes bad photos of it: small, askew, seen from the side, blurred, dark or pale, grainy. */
async function badPhotos(count: number): Promise<readonly Buffer[]> {
  const pdf = join(folder, 'photo.pdf')
  await writeFile(pdf, await signSheet(sheet, 'a4', 'pdf'))
  execFileSync('/usr/bin/pdftoppm', ['-r', '200', '-png', '-singlefile', pdf, join(folder, 'print')])
  let seed = 11
  const between = (low: number, high: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return low + (seed / 2_147_483_648) * (high - low)
  }
  const photos: Buffer[] = []
  for (let i = 0; i < count; i += 1) {
    const w = Math.round(between(1_600, 2_400))
    const side = between(0, 0.08)
    const corners = [0, 0, 1, 0, 0, 1, 1, 1].map((edge) => Math.abs(edge - between(0, side)))
    const points = corners.map((at, n) => `${'xy'[n % 2]}${n >> 1}=${'WH'[n % 2]}*${at}`).join(':')
    const steps = [
      `[0]scale=${Math.round(w * between(0.35, 0.8))}:-1:flags=area,format=rgb24[s]`,
      `color=c=0x8a5a44:s=${w}x${Math.round((w * 4) / 3)},format=rgb24,noise=alls=30:allf=u,gblur=3[b]`,
      `[b][s]overlay=(W-w)/2:(H-h)/2:shortest=1,format=yuv444p,perspective=${points}:sense=destination,rotate=${between(-0.2, 0.2)},gblur=sigma=${(between(0, 1.2) * w) / 1_600},eq=brightness=${between(-0.15, 0.1)}:contrast=${between(0.7, 1.1)},noise=alls=${Math.round(between(0, 12))}:allf=u`,
    ]
    const path = join(folder, `photo-${i}.jpg`)
    execFileSync('/usr/bin/ffmpeg', [
      ...['-v', 'error', '-y', '-i', join(folder, 'print.png')],
      ...['-filter_complex', steps.join(';'), '-frames:v', '1', '-q:v', String(3 + (i % 6)), path],
    ])
    photos.push(await readFile(path))
  }
  return photos
}

test('a printed sign is read back from photos that are small, askew, blurred, dark and grainy', async () => {
  const photos = await badPhotos(8)
  for (const [i, photo] of photos.entries()) {
    const texts = await readPhotoCodes(photo)
    assert.deepEqual(
      texts.map(readSignAddress),
      [{ code: sheet.code, version: sheet.version }],
      `photo ${i} could not be read`,
    )
  }
})

test('a photo without a code that can be read gives none: too blurred, no sign, broken, or larger than any photo', async () => {
  const blurred = join(folder, 'blurred.png')
  await writeFile(join(folder, 'sharp.png'), signPhoto(signAddress(base, sheet)))
  assert.equal((await readPhotoCodes(await readFile(join(folder, 'sharp.png')))).length, 1)
  execFileSync('/usr/bin/ffmpeg', [
    ...['-v', 'error', '-y', '-i', join(folder, 'sharp.png'), '-vf', 'gblur=sigma=12', blurred],
  ])
  assert.deepEqual(await readPhotoCodes(await readFile(blurred)), [])
  const broken = (await readFile(join(folder, 'sharp.png'))).subarray(0, 2_000)
  assert.deepEqual(await readPhotoCodes(broken), [])
  assert.deepEqual(await readPhotoCodes(Buffer.from('<svg onload=alert(1)>')), [])
  const huge = Buffer.from(await readFile(join(folder, 'sharp.png')))
  huge.writeUInt32BE(pointsMax, 16)
  assert.equal(pictureSize(huge)?.width, pointsMax)
  assert.deepEqual(await readPhotoCodes(huge), [])
})

test('the reader of photos can neither call out nor start anything nor write', async () => {
  const probe = join(import.meta.dirname, 'read-child.ts')
  const source = await readFile(probe, 'utf8')
  // What Node's own permissions forbid, whatever a picture makes the decoder do in JavaScript.
  assert.doesNotMatch(source, /node:(net|http|https|dgram|fs|child_process)/)
  const tried = execFileSync(
    process.execPath,
    [
      '--permission',
      '--allow-addons',
      '--no-warnings',
      '-e',
      "const said=[];for(const [what,work] of [['write',()=>require('fs').writeFileSync('/tmp/x-overt','')],['start',()=>require('child_process').execFileSync('true')]])try{work();said.push(what)}catch(e){if(e.code!=='ERR_ACCESS_DENIED')said.push(String(e))};const s=require('net').connect(9,'127.0.0.1');s.on('error',e=>{if(e.code!=='ERR_ACCESS_DENIED')said.push(e.code);console.log(JSON.stringify(said))})",
    ],
    { env: {} },
  ).toString()
  assert.deepEqual(JSON.parse(tried), [])
})
