import { z } from 'zod'
import { inTransaction } from '#engine/engine.ts'
import { append } from '#ledger/ledger.ts'
import { fields, type Page, type Person, type Route, route, type View } from '#web/web.ts'
import { chaseSystem } from '../chase.ts'
import { checkDocument, documentBytesMax, documentMimes } from '../documents.ts'
import { systemFacts } from '../facts.ts'
import { noteChanges } from '../history.ts'
import { mustAcknowledge } from '../lacks.ts'
import { acknowledge, findProcedure, insertProcedure, procedureFile } from '../procedure-store.ts'
import { gone, looking, noSystem, type RegisterDeps, systemFor } from './parts.ts'
import { procedureForm } from './system-pages.ts'

const withId = z.object({ id: fields.id('a system') })

/** The procedure of a system: each version for ever, and who has said that they know the newest. */
export function procedureRoutes(
  deps: RegisterDeps,
  show: (person: Person, id: string, view: View, nowMs: number) => Promise<{ page(): Page } | null>,
): Route[] {
  const { sql } = deps
  return [
    route({
      method: 'GET',
      path: '/systems/:id/procedure',
      permission: 'register.edit',
      ledger: looking,
      input: withId,
      async handler(ask) {
        const found = await systemFor(deps, ask.person!, ask.input.id, 'register.edit')
        if (found === null) return noSystem
        const { procedure } = (await systemFacts(sql, deps.packs, [found.system]))(found.system.id)
        return { data: procedure, page: () => procedureForm(ask.view, found.system, procedure) }
      },
    }),
    route({
      method: 'POST',
      path: '/systems/:id/procedure',
      permission: 'register.edit',
      ledger: 'system.procedure-set',
      uploads: { field: 'file', files: 1, bytesMax: documentBytesMax, mimes: documentMimes },
      input: withId.extend({
        title: fields.text('what the procedure is called', 200),
        duties: fields.text('what manager and operators do and answer for', 4_000),
        link: fields.optionalText('the address', 500),
      }),
      form: async (ask) => {
        const found = await systemFor(deps, ask.person!, String(ask.input['id']), 'register.edit')
        if (found === null) return gone('There is no such system')
        const { procedure } = (await systemFacts(sql, deps.packs, [found.system]))(found.system.id)
        return procedureForm(ask.view, found.system, procedure)
      },
      api: { summary: 'Give a system its procedure: a document, or an address in the library' },
      async handler(ask) {
        const { id, title, duties, link } = ask.input
        const found = await systemFor(deps, ask.person!, id, 'register.edit')
        if (found === null) return noSystem
        const file = checkDocument(ask.files['file'])
        if (!file.ok) return { refusal: file.reasons.map(({ message }) => ({ field: 'file', message })) }
        if ((file.value === null) === (link === null))
          return {
            refusal: [
              {
                field: 'link',
                message:
                  link === null
                    ? 'Choose a document, or give the address of one in your library'
                    : 'Give a document or an address, not both',
              },
            ],
          }
        if (link !== null && !/^(https:\/\/[^\s]+|\/[^\s/\\][^\s\\]*)$/.test(link))
          return { refusal: [{ field: 'link', message: 'Enter an address that begins with https:// or /' }] }
        const { provider } = found.system
        await inTransaction(sql, async (tx) => {
          const by = ask.person!.id
          const made = await insertProcedure(tx, {
            systemId: id,
            title,
            duties,
            link,
            file: file.value,
            by,
            nowMs: ask.nowMs,
          })
          await noteChanges(tx, { what: 'system', id, provider, by, atMs: ask.nowMs }, [
            ['Procedure', null, `${title}, version ${made.version}`],
          ])
          await append(tx, {
            kind: 'system.procedure-set',
            actor: by,
            provider,
            about: { system: id, procedure: made.id },
            data: { version: made.version },
            atMs: ask.nowMs,
          })
          await chaseSystem(tx, deps, id, ask.nowMs)
        })
        return {
          data: { id },
          location: `/systems/${id}`,
          flash: 'The procedure is in force. Whoever runs the system is asked to read it.',
        }
      },
    }),
    route({
      method: 'GET',
      path: '/procedures/:id/document',
      permission: 'register.view',
      ledger: looking,
      input: z.object({ id: fields.id('a procedure') }),
      async handler(ask) {
        const procedure = await findProcedure(sql, ask.input.id)
        const found =
          procedure === null ? null : await systemFor(deps, ask.person!, procedure.systemId, 'register.view')
        const file = found === null ? null : await procedureFile(sql, ask.input.id)
        return file === null
          ? { notFound: 'There is no such document, or you may not see it.' }
          : { file: { mime: file.mime, body: file.bytes, filename: file.name } }
      },
    }),
    route({
      method: 'POST',
      path: '/procedures/:id/acknowledge',
      permission: 'register.view',
      ledger: 'system.procedure-acknowledged',
      input: z.object({
        id: fields.id('a procedure'),
        read: fields.confirmed('Tick that you have read it and will keep to it'),
      }),
      form: async (ask) => {
        const procedure = await findProcedure(sql, String(ask.input['id']))
        const shown =
          procedure === null ? null : await show(ask.person!, procedure.systemId, ask.view, ask.nowMs)
        return shown?.page() ?? gone('There is no such procedure')
      },
      api: { summary: 'Say that you know a procedure and will keep to it' },
      async handler(ask) {
        const procedure = await findProcedure(sql, ask.input.id)
        const found =
          procedure === null ? null : await systemFor(deps, ask.person!, procedure.systemId, 'register.view')
        if (procedure === null || found === null) return noSystem
        const personId = ask.person!.id
        const facts = (await systemFacts(sql, deps.packs, [found.system]))(procedure.systemId)
        if (facts.procedure?.id !== procedure.id)
          return {
            refusal: [{ field: null, message: 'There is a newer version of this procedure. Read that one.' }],
          }
        if (!mustAcknowledge(facts).includes(personId))
          return {
            refusal: [
              { field: null, message: 'Only its manager and operators are asked to say that they know it.' },
            ],
            forbidden: true,
          }
        await inTransaction(sql, async (tx) => {
          if (!(await acknowledge(tx, { procedureId: procedure.id, personId, nowMs: ask.nowMs }))) return
          await append(tx, {
            kind: 'system.procedure-acknowledged',
            actor: personId,
            provider: found.system.provider,
            about: { system: procedure.systemId, procedure: procedure.id },
            data: { version: procedure.version },
            atMs: ask.nowMs,
          })
          await chaseSystem(tx, deps, procedure.systemId, ask.nowMs)
        })
        return {
          data: null,
          location: `/systems/${procedure.systemId}`,
          flash: 'Noted: you know the procedure and will keep to it.',
        }
      },
    }),
  ]
}
