import { ok, type Result, refuse } from '#base/base.ts'

/** 10 MB: a long procedure with pictures fits; the database isn't an archive. */
export const documentBytesMax = 10 * 1024 * 1024
export const documentMimes = ['application/pdf', 'image/jpeg', 'image/png'] as const
export type DocumentMime = (typeof documentMimes)[number]

export type Document = { readonly name: string; readonly mime: DocumentMime; readonly bytes: Buffer }

const ends: Readonly<Record<DocumentMime, string>> = {
  'application/pdf': 'pdf',
  'image/jpeg': 'jpg',
  'image/png': 'png',
}

/**
 * Takes an uploaded document by what its bytes are (`mime` as `web` read it from them), and gives it a name of which
 * only letters, digits, spaces and hyphens are the sender's: a file name is never trusted.
 */
export function checkDocument(
  given: { readonly filename: string; readonly mime: string; readonly bytes: Buffer } | undefined,
): Result<Document | null> {
  if (given === undefined || given.bytes.length === 0) return ok(null)
  const no = (message: string) => refuse({ code: 'file', message, clause: null })
  if (given.bytes.length > documentBytesMax)
    return no('The document is larger than 10 MB. Choose a smaller one.')
  const mime = documentMimes.find((known) => known === given.mime)
  if (mime === undefined) return no('This file is no PDF, JPEG or PNG. Save the document as PDF first.')
  const stem = given.filename
    .normalize('NFKD')
    .replace(/\.[^.]*$/, '')
    .replace(/[^A-Za-z0-9 -]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 100)
  return ok({ name: `${stem === '' ? 'document' : stem}.${ends[mime]}`, mime, bytes: given.bytes })
}
