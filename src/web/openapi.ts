/** The OpenAPI 3.1 document, made from the same rows that serve the API, so that the two cannot differ. */
import { z } from 'zod'
import type { Route } from './route.ts'

type Schema = Record<string, unknown>

function schemaOf(type: z.ZodType, io: 'input' | 'output'): Schema {
  const { $schema: _, ...schema } = z.toJSONSchema(type, {
    io,
    unrepresentable: 'any',
    target: 'draft-2020-12',
  }) as Schema
  return schema
}

const problemResponse = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
})

const operationId = (row: Route) =>
  `${row.method.toLowerCase()}${row.path.replace(/[^A-Za-z0-9]+([A-Za-z0-9]?)/g, (_, letter: string) => letter.toUpperCase())}`

/**
 * What a caller may not leave out: asked of the schema itself, since a field that turns nothing into null or into a
 * default is, as JSON Schema writes it, still required.
 */
function requiredOf(type: z.ZodType): ReadonlySet<string> {
  const result = type.safeParse({})
  return new Set(result.success ? [] : result.error.issues.map((issue) => String(issue.path[0])))
}

function operation(row: Route): Schema {
  const input = row.input ? schemaOf(row.input, 'input') : { type: 'object', properties: {} }
  const properties = (input['properties'] ?? {}) as Record<string, Schema>
  const required = row.input ? requiredOf(row.input) : new Set<string>()
  const inPath = [...row.path.matchAll(/:([A-Za-z0-9_]+)/g)].map((match) => match[1]!)
  const rest = Object.keys(properties).filter((name) => !inPath.includes(name))
  const parameters = [
    ...inPath.map((name) => ({
      name,
      in: 'path',
      required: true,
      schema: properties[name] ?? { type: 'string' },
    })),
    ...(row.method === 'GET'
      ? rest.map((name) => ({
          name,
          in: 'query',
          required: required.has(name),
          schema: properties[name],
        }))
      : []),
  ]
  const body = {
    type: 'object',
    properties: {
      ...Object.fromEntries(rest.map((name) => [name, properties[name]])),
      // OpenAPI 3.1: the bytes of a part of a multipart body have no schema but their media type.
      ...(row.uploads ? { [row.uploads.field]: { contentMediaType: row.uploads.mimes.join(', ') } } : {}),
    },
    required: rest.filter((name) => required.has(name)),
  }
  const success = {
    description: 'Done',
    content: row.api?.file
      ? Object.fromEntries(row.api.file.map((mime) => [mime, {}]))
      : { 'application/json': { schema: row.api?.response ? schemaOf(row.api.response, 'output') : {} } },
  }
  return {
    operationId: operationId(row),
    summary: row.api!.summary,
    description: `Permission: ${row.permission}. Ledger: ${typeof row.ledger === 'string' ? row.ledger : `none, ${row.ledger.none}`}.`,
    ...(row.permission === 'public' ? { security: [] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(row.method === 'POST' && Object.keys(body.properties).length > 0
      ? {
          requestBody: {
            required: body.required.length > 0,
            content: { [row.uploads ? 'multipart/form-data' : 'application/json']: { schema: body } },
          },
        }
      : {}),
    responses: {
      200: success,
      ...(row.method === 'POST' ? { 201: success } : {}),
      401: problemResponse('No valid token'),
      403: problemResponse('Not allowed, with the reasons by clause'),
      404: problemResponse('There is no such thing'),
      422: problemResponse('What was sent cannot be used, with errors by field'),
      default: problemResponse('Anything else'),
    },
  }
}

export function openApi(rows: readonly Route[], publicUrl: string | null): Schema {
  const paths: Record<string, Schema> = {}
  for (const row of rows) {
    if (!row.api) continue
    const path = row.path.replace(/:([A-Za-z0-9_]+)/g, '{$1}')
    const item = paths[path] ?? {}
    item[row.method.toLowerCase()] = operation(row)
    paths[path] = item
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Overt',
      version: '1',
      description:
        'The same rows as the pages. Send a token made on your account page as "Authorization: Bearer …". Instants are milliseconds since 1970 in UTC; days are YYYY-MM-DD at the site.',
      license: { name: 'AGPL-3.0-or-later', identifier: 'AGPL-3.0-or-later' },
    },
    servers: [{ url: `${publicUrl ?? ''}/api/v1` }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: {
        Problem: {
          type: 'object',
          required: ['type', 'title', 'status', 'detail', 'reference'],
          properties: {
            type: { type: 'string' },
            title: { type: 'string' },
            status: { type: 'integer' },
            detail: { type: 'string' },
            reference: { type: 'string', description: 'Stands in the log' },
            errors: {
              type: 'array',
              items: {
                type: 'object',
                required: ['field', 'message'],
                properties: {
                  field: { type: ['string', 'null'] },
                  message: { type: 'string' },
                  clause: { type: ['string', 'null'] },
                },
              },
            },
            reasons: {
              type: 'array',
              items: {
                type: 'object',
                required: ['code', 'message', 'clause'],
                properties: {
                  code: { type: 'string' },
                  message: { type: 'string' },
                  clause: { type: ['string', 'null'] },
                },
              },
            },
          },
        },
      },
    },
  }
}
