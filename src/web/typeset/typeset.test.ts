/**
 * Goal: whatever letters people's names and translations have, paper shows them or says that it can't, and never shows
 * an empty box. Method: sheets set for real, and read back with a reader of others.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { canBeSet, ownTypeface, typefaces } from './typefaces.ts'
import { printable, typeset } from './typeset.ts'

let folder = ''
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'overt-typeset-'))
  await writeFile(
    join(folder, 'lines.typ'),
    `#set document(title: "Lines")
#set text(font: typefaces, lang: "en")
#set page(width: 400mm, height: auto)
= Lines
#for one in json(bytes(sys.inputs.data)) [#one.line \\ #strong(one.line) #parbreak()]`,
  )
})
after(() => rm(folder, { recursive: true, force: true }))

async function set(lines: readonly string[]): Promise<string> {
  const pdf = await typeset({
    template: join(folder, 'lines.typ'),
    data: lines.map((line) => ({ line })),
    as: 'pdf',
  })
  await writeFile(join(folder, 'lines.pdf'), pdf)
  return execFileSync('pdftotext', ['-raw', join(folder, 'lines.pdf'), '-']).toString()
}
/** A letter and more of the same script. */
const scripts = {
  latin: 'Nguyễn Thị Hạnh, Ğülşen Ażzopardi',
  greek: 'Γεώργιος Παπαδόπουλος',
  cyrillic: 'Анна Петрова, Їжакевич',
  arabic: 'محمد علی خان ڈاکٹر',
  bengali: 'বাংলা ক্যামেরা ক্ষ',
  gurmukhi: 'ਪੰਜਾਬੀ ਕੈਮਰਾ',
  devanagari: 'नमस्ते हिन्दी',
  chinese: '王小明',
} as const

test('Greek, Cyrillic and all of Latin are set with what every installation has', async () => {
  const words = [scripts.latin, scripts.greek, scripts.cyrillic]
  assert.deepEqual(printable(words), { value: words, lacking: false })
  const bare = (text: string) => text.replace(/\s+/g, '')
  const read = bare(await set(words))
  for (const word of words) assert.ok(read.includes(bare(word)), `${word} in ${read}`)
})

test('every letter that is called printable is set, and no other', async () => {
  const letters: string[] = []
  for (let code = 0x21; code < 0x3000; code += 1) {
    const letter = String.fromCodePoint(code)
    if (letter.normalize('NFC') === letter && /^[\p{L}\p{N}\p{P}]$/u.test(letter)) letters.push(letter)
  }
  const good = letters.filter((letter) => !printable(letter).lacking)
  assert.ok(good.length > 550, String(good.length))
  // A letter that no typeface has fails the sheet: PDF/UA-1 allows none.
  await set(
    Array.from({ length: Math.ceil(good.length / 60) }, (_, n) => good.slice(n * 60, n * 60 + 60).join(' ')),
  )
  await assert.rejects(set([String.fromCodePoint(0x13000)]), /could not be made/)
})

test('a script is set where its typeface is installed, and told to be lacking where it is not', async () => {
  const at = new Set(typefaces().map(({ family }) => family))
  assert.ok(at.has(ownTypeface))
  for (const [script, family] of [
    ['arabic', 'Noto Sans Arabic'],
    ['bengali', 'Noto Sans Bengali'],
    ['gurmukhi', 'Noto Sans Gurmukhi'],
    ['devanagari', 'Noto Sans'],
  ] as const) {
    assert.equal(printable(scripts[script]).lacking, !at.has(family), script)
    if (at.has(family)) await set([scripts[script]])
  }
  const { value, lacking } = printable({ name: scripts.chinese, flat: '王 2' })
  assert.deepEqual([value, lacking], [{ name: '???', flat: '? 2' }, true])
  assert.ok(!canBeSet('王'))
})

test('marks that show nothing and turn the letters around them are left out of paper', () => {
  assert.deepEqual(printable('\ufeffA.\u202e Exam\u00adple\u2066'), { value: 'A. Example', lacking: false })
})
