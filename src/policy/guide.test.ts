/** The worked example of docs/guide/policy-packs.md, carried out as written. */
import assert from 'node:assert/strict'
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { checkPack, runCases } from './policy.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const guide = readFileSync(join(root, 'docs/guide/policy-packs.md'), 'utf8')

/** Fenced blocks of the guide: what to do, and the text. */
const blocks = [...guide.matchAll(/^```\w+ ([a-z-]+)(?:=(\S+))?\n([\s\S]*?)^```$/gm)].map((m) => ({
  does: m[1]!,
  file: m[2] ?? '',
  text: m[3]!,
}))

/** Puts each top-level key of `text` in the place of the same key in the file. */
function replaceKeys(path: string, text: string): void {
  let file = readFileSync(path, 'utf8')
  for (const block of text.split(/\n(?=[a-zA-Z])/)) {
    const key = block.slice(0, block.indexOf(':'))
    const old = new RegExp(`^${key}:.*\\n(?:[ \\t]+.*\\n|\\n(?=[ \\t]))*`, 'm')
    assert.match(file, old)
    file = file.replace(old, () => `${block.trimEnd()}\n`)
  }
  writeFileSync(path, file)
}

test('the worked example of the guide does what the guide says', () => {
  const home = mkdtempSync(join(tmpdir(), 'overt-guide-'))
  const name = 'policies/derby-homes/2026-12-01'
  const folder = join(home, name)
  try {
    cpSync(join(root, 'policies/derby-homes/2025-06-11'), folder, { recursive: true })
    for (const { does, file, text } of blocks) {
      if (does === 'add-to') appendFileSync(join(folder, file), `\n${text}`)
      if (does === 'write') writeFileSync(join(folder, file), text)
      if (does === 'replace-in') replaceKeys(join(folder, file), text)
    }
    const { pack, mistakes } = checkPack(folder)
    assert.deepEqual(mistakes, [])
    const cases = runCases(pack!)
    assert.deepEqual(cases.failed, [])
    assert.equal(pack!.values.retentionDays.value, 21)
    const says = `${name}: ${pack!.name}, version ${pack!.version}, ${pack!.clauses.size} clauses, ${cases.ran} cases: sound\n`
    assert.equal(says, blocks.find((b) => b.does === 'says')?.text)

    const path = join(folder, 'policy.yaml')
    writeFileSync(path, readFileSync(path, 'utf8').replace('derby-7.4-a', 'derby-7.4-c'))
    const wrong = checkPack(folder).mistakes.map((m) => `${name}/${m.file}:${m.line}: ${m.message}\n`)
    const told = blocks.find((b) => b.does === 'says-when-wrong')!.text
    assert.deepEqual(wrong, [told])
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
})
