/** From what a browser or a client sent to plain values by name, and files by name. */
import type {} from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import { Failure } from '#base/base.ts'
import { withoutMetadata } from './picture-metadata.ts'
import type { FieldError, Route, Upload } from './route.ts'
import { mimeWords, sniffMime } from './sniff.ts'

export type Sent = {
  readonly values: Readonly<Record<string, unknown>>
  readonly files: Readonly<Record<string, Upload>>
  readonly errors: readonly FieldError[]
  readonly csrf: string | null
}

const fieldsMax = 200
const fieldBytesMax = 64 * 1024
/** Whoever sends such a photo never chose the kind, so they are told where to. */
const heicWords =
  'Your telephone saved this photo as HEIC. In its camera settings choose JPEG (on an iPhone: Settings, Camera, Formats, Most Compatible) and take it again'
const megabytes = (bytes: number) => `${Math.max(1, Math.round(bytes / 1024 / 1024))} MB`

/** Names that would reach into an object's own machinery are dropped, not stored. */
const plainName = (name: string) =>
  /^[A-Za-z][A-Za-z0-9_.-]{0,99}$/.test(name) && !['constructor', 'prototype'].includes(name)

/** The three boxes of a date become one value `YYYY-MM-DD` (or what was typed, which then fails as a date). */
function joinDates(values: Record<string, unknown>): void {
  for (const key of Object.keys(values)) {
    if (!key.endsWith('-day')) continue
    const name = key.slice(0, -4)
    const [day, month, year] = ['day', 'month', 'year'].map((part) =>
      String(values[`${name}-${part}`] ?? '').trim(),
    )
    if (name in values || values[`${name}-month`] === undefined) continue
    if (!day && !month && !year) values[name] = ''
    else if (/^\d{1,2}$/.test(day!) && /^\d{1,2}$/.test(month!) && /^\d{4}$/.test(year!)) {
      values[name] = `${year}-${month!.padStart(2, '0')}-${day!.padStart(2, '0')}`
    } else values[name] = `${day}/${month}/${year}`
  }
}

/** Nothing that we take is nested deeper; a hundred thousand brackets would use up the stack of whatever walks them. */
const depthMax = 20

/** U+0000 is no text: PostgreSQL stores none, and nobody types one. It is dropped wherever it stands. */
function withoutNul(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return value.includes('\0') ? value.replaceAll('\0', '') : value
  if (typeof value !== 'object' || value === null) return value
  if (depth >= depthMax) throw new Failure('invalid', `a body is nested deeper than ${depthMax}`)
  if (Array.isArray(value)) return value.map((inner) => withoutNul(inner, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, withoutNul(inner, depth + 1)]),
  )
}

function take(target: Record<string, unknown>, source: unknown): string | null {
  let csrf: string | null = null
  if (typeof source !== 'object' || source === null || Array.isArray(source)) return csrf
  for (const [name, value] of Object.entries(source)) {
    if (name === '_csrf') csrf = typeof value === 'string' ? value : null
    else if (plainName(name)) target[name] = withoutNul(value)
  }
  return csrf
}

/** Path parameters win over the body, so that nothing typed can point a form at another thing. */
export async function readSent(request: FastifyRequest, row: Route): Promise<Sent> {
  const values: Record<string, unknown> = Object.create(null)
  const files: Record<string, Upload> = Object.create(null)
  const errors: FieldError[] = []
  let csrf: string | null = null
  if (row.method === 'GET') take(values, request.query)
  else if (request.isMultipart()) {
    if (!row.uploads) throw new Failure('unsupported', 'this route takes no files')
    csrf = await readParts(request, row.uploads, values, files, errors)
  } else csrf = take(values, request.body)
  joinDates(values)
  take(values, request.params)
  return { values, files, errors, csrf }
}

async function readParts(
  request: FastifyRequest,
  limits: NonNullable<Route['uploads']>,
  values: Record<string, unknown>,
  files: Record<string, Upload>,
  errors: FieldError[],
): Promise<string | null> {
  let csrf: string | null = null
  const parts = request.parts({
    limits: {
      files: limits.files,
      fileSize: limits.bytesMax,
      fields: fieldsMax,
      fieldSize: fieldBytesMax,
      parts: fieldsMax + limits.files,
      headerPairs: 20,
    },
  })
  for await (const part of parts) {
    if (part.type === 'field') {
      if (part.fieldname === '_csrf') csrf = String(part.value)
      else if (plainName(part.fieldname)) {
        const before = values[part.fieldname]
        const value = withoutNul(part.value)
        values[part.fieldname] =
          before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value]
      }
      continue
    }
    const chunks: Buffer[] = []
    for await (const chunk of part.file) chunks.push(chunk as Buffer)
    const bytes = Buffer.concat(chunks)
    const field = part.fieldname
    if (!plainName(field) || (bytes.length === 0 && !part.filename)) continue
    if (part.file.truncated) {
      errors.push({ field, message: `The file must be ${megabytes(limits.bytesMax)} or smaller` })
      continue
    }
    if (bytes.length === 0) {
      errors.push({ field, message: 'The file is empty. Choose another' })
      continue
    }
    const mime = sniffMime(bytes)
    if (mime === null || !limits.mimes.includes(mime)) {
      const wanted = `The file must be ${mimeWords(limits.mimes)}`
      errors.push({
        field,
        message:
          mime === 'image/heic' && limits.mimes.includes('image/jpeg')
            ? `${wanted}. ${heicWords}`
            : (limits.otherwise ?? wanted),
      })
      continue
    }
    // Where and by which telephone a picture was taken is nobody's business here, so no handler ever has it.
    const bare = withoutMetadata(bytes, mime)
    if (bare === null) {
      errors.push({ field, message: 'The picture is damaged or not whole. Take it again, or choose another' })
      continue
    }
    files[field] = { filename: plainFilename(part.filename), mime, bytes: bare }
  }
  return csrf
}

/** The last part of the name only, without control characters; at most 120 characters. */
function plainFilename(name: string | undefined): string {
  const last = (name ?? '').split(/[\\/]/).at(-1) ?? ''
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
  return last.replace(/[\u0000-\u001f\u007f"<>|:*?]/g, '').slice(-120) || 'file'
}
