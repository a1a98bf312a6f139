import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { cp, mkdtemp, readFile, rm, truncate, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { folderFiles, verifyPack, zipFolder } from './folder.ts'
import { writePackFolder } from './make-pack.ts'
import {
  certificate,
  ledgerKey,
  root,
  type SampleOptions,
  sampleSpan,
  signer,
  startMs,
} from './sample-span.ts'

const home = await mkdtemp(join(tmpdir(), 'overt-pack-'))
after(() => rm(home, { recursive: true, force: true }))
let made = 0

async function packed(options: SampleOptions = {}) {
  const { part, facts } = sampleSpan(options)
  const folder = join(home, `pack-${made++}`)
  const pack = await writePackFolder(folder, {
    facts,
    reels: (async function* () {
      yield part
    })(),
    signer,
    certificate,
    rootKey: root.publicKey,
    ledgerKey,
    coverSheet: async () => Buffer.from('%PDF-1.7 cover'),
    page: Buffer.from('<!doctype html><title>page</title>'),
  })
  return { folder, ...pack }
}

const frames = (path: string): { pts: number; hash: string }[] =>
  execFileSync('/usr/bin/ffmpeg', [
    '-v',
    'error',
    '-i',
    path,
    '-fps_mode',
    'passthrough',
    '-f',
    'framemd5',
    '-',
  ])
    .toString()
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(/,\s*/))
    .map((cells) => ({ pts: Number(cells[2]), hash: cells[5]! }))

test('a whole pack is verified, and its film has every frame of the span, none twice', async () => {
  for (const bFrames of [false, true]) {
    const { folder, statement } = await packed({ seconds: 6, bFrames, pick: [1, 4], gapAfter: 3 })
    const result = await verifyPack(folder, { rootKey: root.publicKey, ledgerKey })
    assert.deepEqual(result.problems, [])
    assert.ok(result.ok)
    assert.equal(statement.gaps[0]?.cause, 'packets-lost')
    assert.equal(statement.uncertaintyMs, 12)
    assert.equal(result.videos[0]?.clock[1]?.wallMs, startMs + 2000)
    const shown = frames(join(folder, statement.videos[0]!.path))
    // Four picks: fragment, fragment, gap, fragment.
    assert.equal(shown.length, 45)
    assert.equal(new Set(shown.map((frame) => frame.pts)).size, 45)
    assert.equal(new Set(shown.map((frame) => frame.hash)).size, 45)
  }
})

test('a bit flipped in any file, at any place, names that file', { timeout: 600_000 }, async () => {
  const { folder } = await packed({ seconds: 3 })
  const files = await folderFiles(folder)
  for (const name of files.names) {
    const path = join(folder, name)
    const whole = await readFile(path)
    const places = [0, whole.byteLength - 1, ...Array.from({ length: 12 }, () => randomInt(whole.byteLength))]
    for (const at of places) {
      const altered = Buffer.from(whole)
      altered[at]! ^= 1 << randomInt(8)
      await writeFile(path, altered)
      const result = await verifyPack(folder)
      assert.equal(result.ok, false, `${name} at ${at}`)
      assert.deepEqual(
        [...new Set(result.problems.map((problem) => problem.file))],
        [name],
        `${name} at ${at}`,
      )
    }
    await writeFile(path, whole)
  }
  assert.ok((await verifyPack(folder)).ok)
})

test('a missing, cut or added file is named; what an operating system leaves behind is not', async () => {
  const { folder, statement } = await packed({ seconds: 2 })
  await writeFile(join(folder, '.DS_Store'), 'x')
  assert.ok((await verifyPack(folder)).ok)
  await writeFile(join(folder, 'data', 'note.txt'), 'x')
  assert.deepEqual(
    (await verifyPack(folder)).problems.map((p) => p.file),
    ['data/note.txt'],
  )
  await unlink(join(folder, 'data', 'note.txt'))
  for (const file of [...statement.files.map((f) => f.path), 'bagit.txt', 'data/overt-pack.json']) {
    const copy = join(home, `copy-${made++}`)
    await cp(folder, copy, { recursive: true })
    if (randomInt(2) === 0) await unlink(join(copy, file))
    else await truncate(join(copy, file), 1)
    const { problems } = await verifyPack(copy)
    assert.ok(
      problems.some((problem) => problem.file === file),
      `${file}: ${JSON.stringify(problems)}`,
    )
  }
})

test('a pack whose sums were all made again by somebody else is still not verified', async () => {
  // Goal: sums alone prove nothing. Each forgery below is packed anew with fitting manifests and a seal by our key.
  const forge = async (change: (span: ReturnType<typeof sampleSpan>) => ReturnType<typeof sampleSpan>) => {
    const { part, facts } = change(sampleSpan({ seconds: 3 }))
    const folder = join(home, `forged-${made++}`)
    await writePackFolder(folder, {
      facts,
      reels: (async function* () {
        yield part
      })(),
      signer,
      certificate,
      rootKey: root.publicKey,
      ledgerKey,
      coverSheet: async () => Buffer.from('x'),
      page: Buffer.from('x'),
    })
    return (await verifyPack(folder)).problems.map((problem) => problem.file.replace(/.*\//, ''))
  }
  const other = sampleSpan({ seconds: 3, size: '256x144' }).part
  assert.deepEqual(await forge((span) => span), [])
  // Another reel with its own right keys: the ledger has never heard of it.
  assert.deepEqual(await forge(({ part, facts }) => ({ facts, part: { ...other, proof: part.proof } })), [
    'ledger.json',
  ])
  assert.deepEqual(
    await forge(({ part, facts }) => ({ facts, part: { ...part, chainHead: 'f'.repeat(64) } })),
    ['chain.bin'],
  )
  assert.deepEqual(
    await forge(({ part, facts }) => ({ facts, part: { ...part, tailBytes: other.tailBytes } })),
    ['records-01.bin'],
  )
  assert.deepEqual(await forge(({ part, facts }) => ({ facts, part: { ...part, mandate: other.mandate } })), [
    '019ab000-0000-7000-8000-00000000000d.json',
  ])
  const { folder } = await packed({ seconds: 2 })
  const strangers = await verifyPack(folder, { rootKey: signer.publicKey })
  assert.deepEqual(
    strangers.problems.map((problem) => problem.file),
    ['data/overt-pack.json'],
  )
})

test('a ZIP is verified as the folder is, other programs open it, and no bit of it is free', async () => {
  const { folder } = await packed({ seconds: 2 })
  const zip = join(home, 'PN-1.zip')
  await zipFolder(folder, zip, startMs)
  assert.deepEqual((await verifyPack(zip)).problems, [])
  execFileSync('/usr/bin/python3', [
    '-c',
    'import sys,zipfile;z=zipfile.ZipFile(sys.argv[1]);sys.exit(z.testzip() is not None)',
    zip,
  ])
  const whole = await readFile(zip)
  for (let run = 0; run < 60; run += 1) {
    const altered = Buffer.from(whole)
    // Half of the places lie near the end, where the directory is.
    const at = run % 2 === 0 ? randomInt(whole.byteLength) : whole.byteLength - 1 - randomInt(2500)
    altered[at]! ^= 1 << randomInt(8)
    const path = join(home, 'altered.zip')
    await writeFile(path, altered)
    const result = await verifyPack(path)
    assert.equal(result.ok, false, `at ${at}`)
    assert.ok(result.problems.length > 0)
  }
})

test('a pack written by version 1 is verified for ever', async () => {
  const golden = join(import.meta.dirname, '..', 'formats', 'pack', 'vectors', 'v1.zip')
  const result = await verifyPack(golden, { rootKey: root.publicKey, ledgerKey })
  assert.deepEqual(result.problems, [])
  assert.equal(result.statement?.exhibit.reference, 'PN/1')
  assert.equal(result.statement?.videos[0]?.frames, 15)
})
