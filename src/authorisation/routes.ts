/**
 * The rows of this room: every page and API call about a deployment.
 *
 * Stays whole past 400 lines: rows of one shape, looked up by path.
 */
import { z } from 'zod'
import type { Reason } from '#base/base.ts'
import { withGuidance } from '#providers/providers.ts'
import { reachOf } from '#register/register.ts'
import { components as c, fields, html, marks, moment, type Person, type Route, route } from '#web/web.ts'
import { refusalAnswer, seen } from './asking.ts'
import { answerDpia, writeDpia } from './assess.ts'
import { consultationRoutes } from './consultation-routes.ts'
import {
  decideApproval,
  liftStop,
  recordAgreement,
  recordRemoval,
  stopDeployment,
  withdrawAgreement,
  withdrawApproval,
} from './decisions.ts'
import {
  again as againOf,
  at,
  by as byOf,
  done,
  missing,
  ofDeployment,
  type Shower,
  withId,
} from './deployment-rows.ts'
import { type Standing, standingOf, standingsOf } from './evaluate.ts'
import { factsMark } from './facts.ts'
import { answerChecklist, connectCamera, probeCamera } from './install.ts'
import { installedRoutes } from './installed-routes.ts'
import { authorityOf } from './lease.ts'
import { letterRoutes } from './letters/letter-routes.ts'
import { signForms } from './letters/sign-forms.ts'
import { agreementWays } from './model.ts'
import { agreementPage, approvePage, dpiaPage, endPage } from './pages/decide-pages.ts'
import { deploymentPage } from './pages/deployment-page.ts'
import { installPage } from './pages/install-page.ts'
import { type ListLine, listPage } from './pages/list-page.ts'
import { stepFields } from './pages/propose-fields.ts'
import { proposeRoutes } from './pages/propose-routes.ts'
import { gateLines, mayOf, stateOf, untilWords } from './pages/standing-words.ts'
import { labelOf, namesOf, placeTitle, typeOf } from './pages/words.ts'
import { type AuthorisationDeps, recordersFor } from './parts.ts'
import { revisionSchema } from './proposal.ts'
import { revise } from './propose.ts'
import { captureReference, judgeReference, lookAtReference } from './reference.ts'
import { signRoutes } from './sign-routes.ts'
import { soundRoutes } from './sound-routes.ts'
import { deploymentListMax, listDeployments } from './store.ts'
import { transitionRoutes } from './transition/routes.ts'
import { mayDecide } from './transition/steps.ts'
import { isUnsure } from './unsure.ts'

const looking = { none: 'looking at a deployment shows no picture of anybody' }
/** One line for each piece of kit: a form sends a box of lines, a program a list. */
const kitLines = z.preprocess(
  (value) =>
    (Array.isArray(value) ? value.map(String) : String(value ?? '').split('\n'))
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  z.array(z.string().max(300, 'Each line may have 300 characters')).max(40, 'Enter 40 lines at most'),
)

export function authorisationRoutes(deps: AuthorisationDeps): Route[] {
  const rows = rowsOf(deps)
  return [
    ...proposeRoutes(deps),
    ...consultationRoutes(deps),
    ...letterRoutes(deps),
    ...soundRoutes(deps),
    ...installedRoutes(deps, rows.installAgain),
    ...rows.looks(),
    ...rows.stills(),
    ...rows.decisions(),
    ...rows.installation(),
    ...signRoutes(deps, rows.installAgain),
    ...rows.endings(),
    ...transitionRoutes(deps),
  ]
}

function rowsOf(deps: AuthorisationDeps) {
  const shows: Record<
    'deployment' | 'revise' | 'dpia' | 'approve' | 'agreement' | 'install' | 'end',
    Shower
  > = {
    async deployment(view, standing, person) {
      const { file } = standing
      const recorder = (await deps.recorders()).find((r) => r.id === file.camera.recorderId)
      return deploymentPage(view, standing, {
        may: mayOf(standing, person),
        nowMs: deps.clock.nowMs(),
        mayDecideTransition: mayDecide(person, standing),
        name: await namesIn(standing),
        recorderName: recorder?.name ?? null,
        unsure: file.camera.recorderId !== null && (await isUnsure(deps.sql, file.camera.id)),
        landlord: deps.packs.find(file.deployment.provider)?.name ?? standing.pack.name,
      })
    },
    async revise(view, standing) {
      const { file, pack } = standing
      const d = file.deployment
      const context = {
        pack,
        type: typeOf(pack, d.type)!,
        sites: [],
        nowMs: deps.clock.nowMs(),
        fixedPlace: true,
      }
      const typed = {
        ...d,
        incident: d.incidentOther === null ? (d.incident ?? 'none') : 'other',
      } as unknown as Readonly<Record<string, unknown>>
      return {
        title: 'Change the proposal',
        back: { href: `/deployments/${d.id}`, text: `${d.reference}: ${file.camera.label}` },
        body: html`${marks.heading({
          title: 'Change the proposal',
          caption: `${d.reference} · ${placeTitle(file)}`,
          lead: 'Assessment and approval were given for what it says now. After a change they are asked for again.',
        })}${c.form({
          view,
          action: `/deployments/${d.id}/revise`,
          body: html`${c.hidden('version', d.version)}${stepFields('purpose', view, typed, context)}${stepFields('means', view, typed, context)}${stepFields('dates', view, typed, context)}${c.button({ text: 'Save the change' })}`,
        })}`,
      }
    },
    async dpia(view, standing, person) {
      const page = dpiaPage(view, standing, {
        may: mayOf(standing, person),
        personId: person.id,
        name: await namesIn(standing),
      })
      return withGuidance(deps, standing.file.deployment.provider, 'dpia', page)
    },
    async approve(view, standing, person) {
      const { provider } = standing.file.deployment
      const page = approvePage(view, standing, {
        may: mayOf(standing, person),
        roles: person.roles.filter((r) => r.provider === provider).map((r) => r.role),
        name: await namesIn(standing),
        conflicted:
          (await deps.conflictedAt?.([standing.file.site.id, standing.file.deployment.proposedBy])) ?? [],
      })
      return withGuidance(deps, provider, 'approval', page)
    },
    async agreement(view, standing) {
      return agreementPage(view, standing, { name: await namesIn(standing) })
    },
    async install(view, standing, person) {
      const { provider } = standing.file.deployment
      const page = installPage(view, standing, {
        may: mayOf(standing, person),
        recorders: await recordersFor(deps, provider),
        forms: await signForms(deps.sql, standing),
        nowMs: deps.clock.nowMs(),
      })
      return withGuidance(deps, provider, 'installation', page)
    },
    async end(view, standing, person) {
      const sees = (await seen(deps.sql, deps, person, standing.file.deployment.id)) !== null
      return endPage(view, standing, { may: mayOf(standing, person), sees })
    },
  }

  const namesIn = ({ file }: Standing) =>
    namesOf(deps, [
      file.deployment.proposedBy,
      file.deployment.ended?.by,
      file.deployment.removed?.by,
      file.system.managerId,
      ...file.dpias.flatMap((d) => [d.authorId, d.decision?.by]),
      ...file.approvals.flatMap((a) => [a.personId, a.deputyFor ?? null]),
      file.agreement?.recordedBy,
      file.agreement?.withdrawn?.by,
      ...file.signs.map((s) => s.placedBy),
      file.reference?.accepted?.by,
      file.transition?.decision?.by,
      file.stop?.by,
      file.stop?.lifted?.by,
    ])

  /** Stop is open to more people than the rest: see `stopDeployment`. */
  const stoppable = async (person: Person, id: string): Promise<Standing | null> => {
    const standing = await standingOf(deps.sql, deps, id, deps.clock.nowMs())
    const own =
      standing !== null &&
      (person.administrator || person.roles.some((r) => r.provider === standing.file.deployment.provider))
    return own ? standing : null
  }

  const view = (path: string, permission: string, show: Shower, find = standingFor): Route =>
    route({
      method: 'GET',
      path,
      permission,
      ledger: looking,
      input: withId,
      async handler(ask) {
        const standing = await find(ask.person!, ask.input.id)
        if (!standing) return missing
        const page = await show(ask.view, standing, ask.person!)
        return { data: dataOf(standing), page: () => page }
      },
    })

  const standingFor = (person: Person, id: string) => seen(deps.sql, deps, person, id)

  const again = (show: Shower, find = standingFor) => againOf(deps, show, find)

  const dataOf = (standing: Standing) => {
    const { file, pack, gates } = standing
    const { deployment: d } = file
    const { state, words } = stateOf(standing, deps.clock.nowMs())
    return {
      ...d,
      mark: factsMark(file),
      state,
      words,
      authority: authorityOf(d),
      policy: `${pack.provider}@${pack.version}`,
      gates,
      camera: { id: file.camera.id, label: file.camera.label, version: file.camera.version },
      site: { id: file.site.id, name: file.site.name },
      dpias: file.dpias.map(({ id, version, submittedMs, decision }) => ({
        id,
        version,
        submittedMs,
        decision,
      })),
      approvals: file.approvals,
      reference: file.reference,
      mandates: file.mandates.map(
        ({ jws: _jws, certificate: _certificate, withdrawal: _withdrawal, ...m }) => m,
      ),
    }
  }

  const by = byOf(deps)

  return {
    installAgain: again(shows.install),

    looks: (): Route[] => [
      route({
        method: 'GET',
        path: '/deployments',
        permission: 'deployment.view',
        ledger: looking,
        input: z.object({ text: z.string().max(100).optional() }),
        api: { summary: 'Cameras asked for, that you may see' },
        async handler(ask) {
          const text = ask.input.text ?? ''
          const reach = reachOf(ask.person!, 'deployment.view', deps.packs)
          const found = await listDeployments(deps.sql, reach, { text })
          const nowMs = deps.clock.nowMs()
          const standings = await standingsOf(deps.sql, deps, found, nowMs)
          const lines = standings.map((standing): ListLine => {
            const { deployment: d, site, camera } = standing.file
            return {
              id: d.id,
              reference: d.reference,
              siteName: site.name,
              cameraLabel: camera.label,
              typeLabel: labelOf(standing.pack.values.deploymentTypes, d.type),
              ...stateOf(standing, nowMs),
              until: d.ended ? 'ended' : untilWords(d.untilDay, nowMs, d.timeZone),
            }
          })
          const mayPropose = reachOf(ask.person!, 'deployment.propose', deps.packs).held.length > 0
          return {
            data: lines,
            page: () => listPage(lines, { text, mayPropose, cut: found.length >= deploymentListMax }),
          }
        },
      }),
      route({
        method: 'GET',
        path: '/deployments/:id',
        permission: 'deployment.view',
        ledger: looking,
        input: withId,
        api: { summary: 'A deployment: its gates, whose turn, which clause' },
        async handler(ask) {
          const standing = await standingFor(ask.person!, ask.input.id)
          if (!standing) return missing
          const page = await shows.deployment(ask.view, standing, ask.person!)
          return {
            data: { ...dataOf(standing), lines: gateLines(standing, mayOf(standing, ask.person!)) },
            page: () => page,
          }
        },
      }),
      view('/deployments/:id/revise', 'deployment.propose', shows.revise),
      view('/deployments/:id/dpia', 'deployment.view', shows.dpia),
      view('/deployments/:id/approve', 'deployment.approve', shows.approve),
      view('/deployments/:id/agreement', 'deployment.view', shows.agreement),
      view('/deployments/:id/install', 'deployment.install', shows.install),
      view('/deployments/:id/end', 'deployment.stop', shows.end, stoppable),
    ],

    stills: (): Route[] => [
      route({
        method: 'GET',
        path: '/deployments/:id/reference',
        permission: 'deployment.view',
        ledger: { none: 'the page names the picture; the picture itself writes reference.seen' },
        input: withId,
        async handler(ask) {
          const standing = await standingFor(ask.person!, ask.input.id)
          if (!standing?.file.reference || !mayOf(standing, ask.person!).still) return missing
          const { file } = standing
          return {
            data: file.reference,
            page: () => ({
              title: 'Reference picture',
              back: {
                href: `/deployments/${file.deployment.id}`,
                text: `${file.deployment.reference}: ${file.camera.label}`,
              },
              body: html`${marks.heading({
                title: 'Reference picture',
                caption: `${file.deployment.reference} · ${placeTitle(file)}`,
                lead: file.camera.position,
              })}${marks.picture({
                src: `/deployments/${file.deployment.id}/reference/still`,
                alt: `What ${file.camera.label} sees`,
                caption: html`Taken on ${moment(file.reference!.takenMs, file.deployment.timeZone, true)}. That you looked is written in the ledger.`,
              })}`,
            }),
          }
        },
      }),
      route({
        method: 'GET',
        path: '/deployments/:id/reference/still',
        permission: 'deployment.view',
        ledger: 'reference.seen',
        input: withId,
        async handler(ask) {
          const standing = await standingFor(ask.person!, ask.input.id)
          if (!standing || !mayOf(standing, ask.person!).still) return missing
          const still = await lookAtReference(deps, ask.person!, standing)
          return still
            ? {
                file: {
                  mime: still.mime,
                  body: still.bytes,
                  headers: { 'cache-control': 'private, no-store' },
                },
              }
            : missing
        },
      }),
    ],

    decisions: (): Route[] => [
      route({
        method: 'POST',
        path: '/deployments/:id/revise',
        permission: 'deployment.propose',
        ledger: 'deployment.revised',
        input: revisionSchema.extend(ofDeployment),
        form: again(shows.revise),
        api: { summary: 'Change a proposal; assessment and approval are asked for again' },
        async handler(ask) {
          const { id, ...change } = ask.input
          const result = await revise(deps, ask.person!, id, change)
          return done(result, at(ask), 'The proposal is changed.', Object.keys(revisionSchema.shape))
        },
      }),
      route({
        method: 'POST',
        path: '/deployments/:id/dpia',
        permission: 'dpia.write',
        ledger: 'dpia.submitted',
        input: z.looseObject({ ...ofDeployment, do: z.enum(['save', 'submit']).default('submit') }),
        form: again(shows.dpia),
        api: { summary: 'Write the data protection impact assessment (`answer-<code>` for each question)' },
        async handler(ask) {
          const answers: Record<string, string> = {}
          for (const [key, given] of Object.entries(ask.input))
            if (key.startsWith('answer-') && typeof given === 'string')
              answers[key.slice(7)] = given.replace(/\r\n?/g, '\n').slice(0, 8000)
          const submit = ask.input.do === 'submit'
          const result = await writeDpia({ ...by(ask), answers, submit })
          return done(
            result,
            at(ask, submit ? '' : '/dpia'),
            submit
              ? 'The assessment is sent to the data protection officer.'
              : 'Saved. Nobody else has been told.',
            Object.keys(ask.input),
          )
        },
      }),
      route({
        method: 'POST',
        path: '/deployments/:id/dpia/answer',
        permission: 'dpia.accept',
        ledger: 'dpia.accepted',
        input: z.object({
          ...ofDeployment,
          dpia: fields.id('the assessment'),
          outcome: fields.choice('your answer', ['accepted', 'returned']),
          reason: fields.optionalText('your reasons', 4000),
          mark: z.string().max(64).nullish(),
        }),
        form: again(shows.dpia),
        api: { summary: 'Accept or return an assessment' },
        async handler(ask) {
          const { dpia, outcome, reason } = ask.input
          const result = await answerDpia({
            ...by(ask),
            dpiaId: dpia,
            outcome,
            reason: reason ?? '',
            mark: ask.input.mark ?? null,
          })
          return done(
            result,
            at(ask),
            outcome === 'accepted' ? 'The assessment is accepted.' : 'The assessment is returned.',
            ['reason'],
          )
        },
      }),
      route({
        method: 'POST',
        path: '/deployments/:id/approve',
        permission: 'deployment.approve',
        ledger: 'approval.given',
        input: z.object({
          ...ofDeployment,
          role: fields.code('the role in which you decide'),
          decision: fields.choice('your decision', ['approve', 'refuse', 'defer']),
          reason: fields.optionalText('your reasons', 4000),
          mark: z.string({ error: () => 'Send the mark of what you saw' }).max(64),
        }),
        form: again(shows.approve),
        api: { summary: 'Approve, refuse or put off; `mark` is that of the deployment as you saw it' },
        async handler(ask) {
          const { role, decision, reason, mark } = ask.input
          const result = await decideApproval({ ...by(ask), role, decision, reason: reason ?? '', mark })
          const said = {
            approve: 'You have approved it.',
            refuse: 'You have refused it.',
            defer: 'It goes on waiting.',
          }
          return done(result, at(ask), said[decision], ['reason'])
        },
      }),
      route({
        method: 'POST',
        path: '/deployments/:id/agreement',
        permission: 'deployment.view',
        ledger: 'agreement.recorded',
        input: z.object({
          ...ofDeployment,
          residentName: fields.text('who agreed', 200),
          how: fields.choice('how they agreed', agreementWays),
          day: fields.day('the day on which they agreed'),
          toldNotToTamper: fields.tick(),
        }),
        form: again(shows.agreement),
        api: { summary: 'Record a resident’s agreement' },
        async handler(ask) {
          const { residentName, how, day, toldNotToTamper } = ask.input
          const result = await recordAgreement({ ...by(ask), residentName, how, day, toldNotToTamper })
          const renamed = result.ok ? result : rename(result, { told: 'toldNotToTamper' })
          return done(renamed, at(ask), 'The agreement is recorded.', ['day', 'toldNotToTamper'])
        },
      }),
      route({
        method: 'POST',
        path: '/deployments/:id/agreement/withdraw',
        permission: 'deployment.view',
        ledger: 'agreement.withdrawn',
        input: z.object({ ...ofDeployment, how: fields.choice('how they said so', agreementWays) }),
        form: again(shows.agreement),
        api: { summary: 'A resident takes the agreement back: the camera stops at once' },
        async handler(ask) {
          const result = await withdrawAgreement({ ...by(ask), how: ask.input.how })
          return done(result, at(ask), 'The agreement is taken back and the camera has ended.')
        },
      }),
    ],

    installation: (): Route[] => [
      route({
        method: 'POST',
        path: '/deployments/:id/install/connection',
        permission: 'deployment.install',
        ledger: 'camera.connected',
        input: z.object({
          ...ofDeployment,
          version: fields.whole('the version', 1, 1_000_000),
          recorderId: fields.id('a recorder'),
          address: fields.text('the address of the stream', 500),
          username: z.string().max(200).default(''),
          password: z.string().max(200).default(''),
          noPassword: fields.tick(),
          devicePort: fields.optionalWhole('the port', 1, 65_535),
        }),
        form: again(shows.install),
        api: { summary: 'Set recorder and stream address, and try it' },
        rateMax: 30,
        async handler(ask) {
          const { version, recorderId, address, username, password, noPassword, devicePort } = ask.input
          const result = await connectCamera({
            ...by(ask),
            version,
            recorderId,
            address,
            username,
            password,
            noPassword,
            devicePort,
          })
          if (!result.ok) return refusalAnswer(result, ['address', 'recorderId', 'username'])
          const probe = await probeCamera(by(ask))
          return probe.ok
            ? { data: probe.value, location: at(ask, '/install#recorder'), flash: probe.value.words }
            : refusalAnswer(probe, ['address'])
        },
      }),
      route({
        method: 'POST',
        path: '/deployments/:id/install/probe',
        permission: 'deployment.install',
        ledger: 'camera.probed',
        input: withId,
        form: again(shows.install),
        api: { summary: 'Have the recorder try the address' },
        rateMax: 30,
        async handler(ask) {
          const probe = await probeCamera(by(ask))
          return probe.ok
            ? { data: probe.value, location: at(ask, '/install#recorder'), flash: probe.value.words }
            : refusalAnswer(probe)
        },
      }),
      route({
        method: 'POST',
        path: '/deployments/:id/install/checklist',
        permission: 'deployment.install',
        ledger: 'checklist.answered',
        input: z.object({
          ...ofDeployment,
          met: fields.codes('what is so', { max: 100 }),
          notes: fields.optionalText('the notes', 1000),
          qualified: fields.tick(),
          qualification: fields.optionalText('what shows that you are qualified', 300),
          qualificationUntil: fields.optionalDay('the last day of the qualification'),
          kit: kitLines,
        }),
        form: again(shows.install),
        api: { summary: 'Answer the site checklist' },
        async handler(ask) {
          const { met, notes, qualified, qualification, qualificationUntil, kit } = ask.input
          const standing = await standingFor(ask.person!, ask.input.id)
          const first = standing?.pack.values.siteChecklist[0]?.code
          const result = await answerChecklist({
            ...by(ask),
            met,
            qualified,
            qualification: qualification ?? '',
            qualificationUntil,
            kit,
            notes: first && notes ? { [first]: notes } : {},
          })
          if (!result.ok) return refusalAnswer(result, ['qualification', 'qualificationUntil', 'kit'])
          const left = result.value.missing
          const flash =
            left === 0 && qualified
              ? 'The checklist is complete.'
              : 'Saved. The checklist is not complete yet.'
          return { data: result.value, location: at(ask, '/install#site-checklist'), flash }
        },
      }),
      route({
        method: 'POST',
        path: '/deployments/:id/install/reference',
        permission: 'reference.capture',
        ledger: 'mandate.issued',
        input: withId,
        form: again(shows.install),
        api: { summary: 'Take the reference picture under a commissioning mandate' },
        rateMax: 30,
        async handler(ask) {
          const result = await captureReference(by(ask))
          return done(result, at(ask, '/install#reference-picture'), 'The recorder is taking the picture.')
        },
      }),
      route({
        method: 'POST',
        path: '/deployments/:id/install/reference/judge',
        permission: 'reference.capture',
        ledger: 'reference.accepted',
        input: z.object({
          ...ofDeployment,
          reference: fields.id('the picture'),
          accepted: fields.choice('what the picture shows', ['yes', 'no']),
        }),
        form: again(shows.install),
        api: { summary: 'Say whether the reference picture shows only what was agreed' },
        async handler(ask) {
          const { reference, accepted } = ask.input
          const result = await judgeReference({
            ...by(ask),
            referenceId: reference,
            accepted: accepted === 'yes',
          })
          if (!result.ok) return refusalAnswer(result)
          if (accepted === 'no')
            return {
              data: result.value,
              location: at(ask, '/install#reference-picture'),
              flash: 'Put the camera right and take another.',
            }
          return {
            data: result.value,
            location: at(ask),
            flash: result.value.live
              ? 'That was the last step. The mandate is signed.'
              : 'The reference picture is accepted.',
          }
        },
      }),
    ],

    endings: (): Route[] => [
      route({
        method: 'POST',
        path: '/deployments/:id/stop',
        permission: 'deployment.stop',
        ledger: 'deployment.stopped',
        input: z.object({ ...ofDeployment, reason: fields.optionalText('the reason', 1000) }),
        form: again(shows.end, stoppable),
        api: { summary: 'Stop a camera. Needs no permission' },
        async handler(ask) {
          const result = await stopDeployment({ ...by(ask), reason: ask.input.reason ?? '' })
          const sees = (await standingFor(ask.person!, ask.input.id)) !== null
          return done(result, sees ? at(ask) : at(ask, '/end'), 'It is stopped.', ['reason'])
        },
      }),
      route({
        method: 'POST',
        path: '/deployments/:id/resume',
        permission: 'deployment.withdraw',
        ledger: 'deployment.resumed',
        input: z.object({ ...ofDeployment, reason: fields.text('why it may go on', 1000) }),
        form: again(shows.end),
        api: { summary: 'Let a stopped camera go on' },
        async handler(ask) {
          return done(await liftStop({ ...by(ask), reason: ask.input.reason }), at(ask), 'It may go on.', [
            'reason',
          ])
        },
      }),
      route({
        method: 'POST',
        path: '/deployments/:id/withdraw',
        permission: 'deployment.withdraw',
        ledger: 'deployment.ended',
        input: z.object({
          ...ofDeployment,
          withdrawReason: fields.text('why the approval is withdrawn', 4000),
        }),
        form: again(shows.end),
        api: { summary: 'Withdraw the approval: authority ends at this instant' },
        async handler(ask) {
          const result = await withdrawApproval({ ...by(ask), reason: ask.input.withdrawReason })
          return done(result, at(ask), 'The approval is withdrawn and its authority has ended.', [
            'withdrawReason',
          ])
        },
      }),
      route({
        method: 'POST',
        path: '/deployments/:id/removed',
        permission: 'deployment.install',
        ledger: 'deployment.removed',
        input: withId,
        api: { summary: 'The camera has been taken down' },
        async handler(ask) {
          return done(await recordRemoval(by(ask)), at(ask), 'Recorded: it has been taken down.')
        },
      }),
    ],
  }
}

/** Gives reasons the name of the field that they belong to. */
function rename(
  result: { readonly ok: false; readonly reasons: readonly Reason[] },
  names: Readonly<Record<string, string>>,
): { readonly ok: false; readonly reasons: readonly Reason[] } {
  return { ...result, reasons: result.reasons.map((r) => ({ ...r, code: names[r.code] ?? r.code })) }
}
