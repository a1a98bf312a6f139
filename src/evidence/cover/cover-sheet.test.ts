import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { PackStatement } from '#formats/pack/pack.ts'
import { sampleSpan, startMs } from '../sample-span.ts'
import { coverSheet } from './cover-sheet.ts'

const statement = (change: Partial<PackStatement> = {}): PackStatement => ({
  ...sampleSpan({ seconds: 1 }).facts,
  v: 1,
  kind: 'overt-pack',
  files: [],
  reels: [],
  videos: [],
  uncertaintyMs: 12,
  keys: {
    root: 'iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w',
    ledger: 'overt.example/ledger/2026+a5385f6d+Af0XJDhaoMdbZPt4zWAvodmR/ev3axPFjtcC6sg16fYY',
  },
  ...change,
})

test('the cover sheet is a tagged PDF that tells recipient, basis, gaps and clock, and takes words as words', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'overt-cover-'))
  try {
    const gaps = Array.from({ length: 25 }, (_, i) => ({
      fromMs: startMs + i * 1000,
      toMs: startMs + i * 1000 + 40,
      cause: 'packets-lost',
    }))
    const recipient = { kind: 'Police', name: '#read("/etc/passwd") *Jones* $x$ <a> @b' }
    const path = join(folder, 'cover.pdf')
    await writeFile(path, await coverSheet(statement({ gaps, recipient })))
    const info = execFileSync('/usr/bin/pdfinfo', [path]).toString()
    assert.match(info, /Tagged:\s+yes/)
    assert.match(info, /Title:\s+Cover sheet of exhibit PN\/1/)
    const text = execFileSync('/usr/bin/pdftotext', ['-layout', path, '-']).toString()
    assert.ok(text.includes('#read("/etc/passwd") *Jones* $x$ <a> @b (Police)'), text)
    for (const said of [
      '±12 ms',
      'Parts were lost on the way',
      'and 5 more',
      'DPA 2018 Sch 2 para 2',
      'Not verified',
    ])
      assert.ok(text.includes(said), said)
    if (process.env['OVERT_PICTURES'] !== undefined) {
      await writeFile(
        join(process.env['OVERT_PICTURES'], 'cover.pdf'),
        await coverSheet(statement({ gaps: gaps.slice(0, 2) })),
      )
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('a name in any script never keeps a pack from being made, and the sheet says what it could not print', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'overt-cover-'))
  try {
    const path = join(folder, 'cover.pdf')
    const names = 'Łukasz Ñandú \u8b66\u5bdf Θ Ж \u{1f6a8} e\u0301'
    await writeFile(path, await coverSheet(statement({ recipient: { kind: 'Police', name: names } })))
    const text = execFileSync('/usr/bin/pdftotext', ['-layout', path, '-']).toString()
    assert.ok(text.includes('Łukasz Ñandú ?? Θ Ж ? é'), text)
    assert.match(text, /Some letters can’t be printed/)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
