/**
 * A sign as a sheet for the printer: what it says comes from the register and the policy, never from a keyboard. It
 * refuses to be made without who runs the camera, why, and whom to ask (UK GDPR Art 13).
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import encodeQR from 'qr'
import { printable, typeset } from '#web/web.ts'
import { addressShown, type SignAddress, signAddress, signReference } from './sign-code.ts'
import { type SignSays, signLines } from './sign-says.ts'
import { withTrimBox } from './trim-box.ts'

export const sheetSizes = ['a4', 'a3', 'door'] as const
export type SheetSize = (typeof sheetSizes)[number]
export const sheetSizeLabels: Readonly<Record<SheetSize, string>> = {
  a4: 'A4, for walls',
  a3: 'A3, for entries and car parks',
  door: '100 × 150 mm, for doors',
}

const template = join(import.meta.dirname, 'sign.typ')
const pictogram = readFileSync(join(import.meta.dirname, 'pictogram.svg'), 'utf8')

export type Sheet = SignAddress & {
  readonly says: SignSays
  /** Where people reach us: `https://cctv.example.org`, without a slash at its end. */
  readonly base: string
}

/** What print shops ask for beyond the cut on each side, in millimetres. */
export const bleedMm = 3

/**
 * The sheet as a tagged PDF, as one for a print shop (larger by the bleed, with its cut edge), or as a picture of it for
 * the page.
 * @throws Failure `unavailable` when it could not be set
 */
export async function signSheet(
  sheet: Sheet,
  size: SheetSize,
  as: 'pdf' | 'shop-pdf' | 'svg',
): Promise<Buffer> {
  const { qr, ...words } = sheetData(sheet, size)
  const bleed = as === 'shop-pdf' ? bleedMm : 0
  const data = { ...printable(words).value, qr, bleedMm: bleed }
  const made = await typeset({ template, data, as: as === 'svg' ? 'svg' : 'pdf' })
  return bleed === 0 ? made : withTrimBox(made, bleed)
}

/** What the template is given. */
export function sheetData(sheet: Sheet, size: SheetSize) {
  const { says } = sheet
  if (says.operator === '' || says.purposes.length === 0 || says.contact === null)
    throw new Error('a sign needs operator, purpose and contact: ask `signLacks` first')
  const heading = says.audio ? 'CCTV with sound in operation' : 'CCTV in operation'
  return {
    size,
    title: `${heading}: sign ${signReference(sheet.code)}, version ${sheet.version}`,
    operator: says.operator,
    heading,
    pictogram,
    pictogramSays: 'Warning: camera',
    lines: signLines(says),
    scan: 'Point your phone’s camera here',
    rights: 'Read how long pictures are kept, ask for those of you, or complain.',
    languages: languagesLine(says.languages),
    address: addressShown(sheet.base, sheet),
    footer: `Sign ${signReference(sheet.code)} · version ${sheet.version}`,
    qr: signQr(signAddress(sheet.base, sheet)),
    qrSays: `QR code of the address ${signAddress(sheet.base, sheet)}`,
  }
}

/** Languages whose names our typeface can print; the page behind the code has all. */
function languagesLine(languages: readonly string[]): string {
  const shown = languages.filter((name) => !printable(name).lacking).slice(0, languagesShownMax)
  return shown.length === 0 ? '' : shown.join(' · ')
}
const languagesShownMax = 6

/** The QR code as SVG, one path on white; a quarter of it may be lost to dirt or glare (level Q). */
export function signQr(address: string): string {
  const rows = encodeQR(address, 'raw', { ecc: 'quartile', border: 4 })
  const path = rows.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('')
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${rows.length} ${rows.length}" shape-rendering="crispEdges"><path fill="#000" d="${path}"/></svg>`
}
