/** Tells a print shop where a sheet is cut: TrimBox and BleedBox (ISO 32000-1 §14.11.2), which Typst does not write. */
import { Failure } from '#base/base.ts'

const pointsPerMm = 72 / 25.4

/**
 * The same one-page PDF with its cut edge `bleedMm` within the paper. What stands is not touched: the page is written
 * once more behind the end, as an update does (§7.5.6).
 * @throws Failure `unavailable` when the file isn't built as expected
 */
export function withTrimBox(pdf: Buffer, bleedMm: number): Buffer {
  const text = pdf.toString('latin1')
  const page = pageObject(text)
  const box = page === null ? null : /\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/.exec(page)
  const trailer = /\ntrailer\s*<<((?:(?!>>)[\s\S])*)>>\s*startxref\s+(\d+)\s+%%EOF\s*$/.exec(text)
  if (page === null || box === null || trailer === null)
    throw new Failure('unavailable', 'The sign could not be made ready for a print shop.')
  const edge = bleedMm * pointsPerMm
  const [wide, high] = [Number(box[1]), Number(box[2])]
  const trim = [edge, edge, wide - edge, high - edge].map((at) => at.toFixed(4)).join(' ')
  const body = page.replace(box[0], `${box[0]}\n  /BleedBox [0 0 ${box[1]} ${box[2]}]\n  /TrimBox [${trim}]`)
  const gap = text.endsWith('\n') ? '' : '\n'
  const at = pdf.length + gap.length
  const tail = `xref\n${Number.parseInt(page, 10)} 1\n${String(at).padStart(10, '0')} 00000 n \ntrailer\n<<${trailer[1]}/Prev ${trailer[2]}\n>>\nstartxref\n${at + body.length}\n%%EOF\n`
  return Buffer.concat([pdf, Buffer.from(`${gap}${body}${tail}`, 'latin1')])
}

/** From its number to `endobj`. Null: there is no page, or no end of it. */
function pageObject(text: string): string | null {
  const at = text.search(/\/Type \/Page\s/)
  const head = [...text.slice(0, Math.max(0, at)).matchAll(/^\d+ 0 obj/gm)].at(-1)
  const end = text.indexOf('endobj', at)
  return head === undefined || end < 0 ? null : `${text.slice(head.index, end)}endobj\n`
}
