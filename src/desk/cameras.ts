/** One camera at a glance: is it lawful, is it recording, until when, who answers for it, why not. */
import { z } from 'zod'
import {
  countingDeployments,
  type DeploymentFile,
  dayOfAuthority,
  type Standing,
  standingsOf,
} from '#authorisation/authorisation.ts'
import { addDays, civilDay, startOfDayMs } from '#base/base.ts'
import type { CameraState } from '#footage/footage.ts'
import { functionsFound, type Gate } from '#policy/policy.ts'
import { type Camera, findCamera, reaches, reachOf } from '#register/register.ts'
import {
  components as c,
  dayWords,
  fields,
  type Html,
  html,
  marks,
  moment,
  momentWords,
  type Page,
  type Route,
  route,
} from '#web/web.ts'
import { clauseWords } from './my-work.ts'
import { offers } from './offers.ts'
import type { DeskParts } from './parts.ts'
import { type Glance, glance } from './standing.ts'

export type Seen = {
  readonly camera: Camera
  readonly standing: Standing | null
  readonly recorder: CameraState
  readonly glance: Glance
}

/** For each camera the deployment that counts (the open one, else the newest), in as many queries as for one. */
export async function lookAt(parts: DeskParts, cameras: readonly Camera[]): Promise<Seen[]> {
  const { sql, clock } = parts
  const nowMs = clock.nowMs()
  // Whoever may see the camera in the register may know whether it is lawful; the deployment's own page decides again.
  const counting = await countingDeployments(
    sql,
    cameras.map((camera) => camera.id),
  )
  const standings = await standingsOf(sql, parts, [...counting.values()], nowMs)
  const byCamera = new Map(standings.map((standing) => [standing.file.camera.id, standing]))
  return Promise.all(
    cameras.map(async (camera) => {
      const standing = byCamera.get(camera.id) ?? null
      const recorder = await parts.cameraState(camera.id)
      const file = standing?.file ?? null
      const gates = standing?.gates ?? []
      const { timeZone } = camera
      return { camera, standing, recorder, glance: glance({ file, gates, recorder, nowMs, timeZone }) }
    }),
  )
}

export function cameraRoutes(parts: DeskParts): readonly Route[] {
  const { sql, packs } = parts
  return [
    route({
      method: 'GET',
      path: '/cameras/:id',
      permission: 'register.view',
      ledger: { none: 'the register shows no picture' },
      input: z.object({ id: fields.id('a camera') }),
      api: { summary: 'One camera: is it lawful, is it recording, until when, and why not' },
      async handler({ person, input }) {
        const camera = await findCamera(sql, input.id)
        if (
          camera === null ||
          !reaches(reachOf(person!, 'register.view', packs), camera.provider, camera.area, camera)
        )
          return { notFound: 'There is no such camera, or you may not see it.' }
        const [seen] = await lookAt(parts, [camera])
        if (seen === undefined) return { notFound: 'There is no such camera, or you may not see it.' }
        const nowMs = parts.clock.nowMs()
        const file = seen.standing?.file ?? null
        const people = await parts.named(
          [
            file?.deployment.proposedBy,
            camera.managerId,
            ...(file?.approvals.map((a) => a.personId) ?? []),
          ].filter((id): id is string => typeof id === 'string'),
        )
        const nameOf = (id: string | null): string =>
          id === null ? 'Nobody yet' : (people.get(id)?.name ?? 'Somebody who has left')
        return {
          data: {
            id: camera.id,
            label: camera.label,
            site: camera.siteName,
            provider: camera.provider,
            state: seen.glance.state,
            tag: seen.glance.tag,
            words: seen.glance.words,
            recorder: seen.recorder,
            address: camera.probe,
            device: camera.device,
            deployment: file?.deployment.id ?? null,
            until: file?.deployment.untilDay ?? null,
            days: file === null ? null : dayOfAuthority(file.deployment, nowMs),
            missing: (seen.standing?.gates ?? []).filter((gate) => gate.state !== 'met'),
          },
          page: () => cameraPage(seen, { nowMs, nameOf, may: offers(person!, packs) }),
        }
      },
    }),
  ]
}

function cameraPage(
  { camera, standing, recorder, glance: at }: Seen,
  context: { nowMs: number; nameOf(id: string | null): string; may: ReadonlySet<string> },
): Page {
  const { nowMs, nameOf, may } = context
  const file = standing?.file ?? null
  const pack = standing?.pack ?? null
  const type = pack?.values.deploymentTypes.find((known) => known.code === file?.deployment.type) ?? null
  const days = file === null || file.deployment.ended !== null ? null : dayOfAuthority(file.deployment, nowMs)
  return {
    title: camera.label,
    back: { href: '/cameras', text: 'All cameras' },
    body: html`${marks.heading({
      title: camera.label,
      caption: camera.systemName.includes(camera.siteName)
        ? camera.systemName
        : `${camera.siteName} · ${camera.systemName}`,
      lead: at.words,
      state: marks.stateTag(at.state, at.tag),
    })}${
      days === null || file === null
        ? null
        : marks.dayCount({
            ...days,
            ends: endWords(file),
            clause: clauseWords(pack, type?.maxDays.clause ?? null),
          })
    }${marks.columns(
      html`${whyNot(standing)}${c.summaryList({
        title: 'Who and why',
        rows: [
          {
            key: 'Authority',
            value:
              file === null
                ? 'None'
                : html`${may.has('deployment.view') ? marks.link(`/deployments/${file.deployment.id}`, file.deployment.reference) : file.deployment.reference}${type === null ? null : html`, ${type.label}`}`,
          },
          { key: 'Asked for by', value: file === null ? 'Nobody yet' : nameOf(file.deployment.proposedBy) },
          {
            key: 'Approved by',
            value:
              file?.approvals
                .filter((approval) => approval.decision === 'approve')
                .map((approval) => nameOf(approval.personId))
                .join(', ') ||
              (type?.approvals.length === 0 ? 'Nobody: the policy asks for no approval' : 'Nobody yet'),
          },
          { key: 'Answers for it', value: nameOf(camera.managerId) },
          { key: 'Purpose', value: purposeWords(standing) },
        ],
      })}`,
      html`${marks.card({
        title: 'The recorder says',
        state:
          recorder.state === 'recording' ? 'lawful' : recorder.state === 'fault' ? 'attention' : 'waiting',
        body: html`<p class="govuk-body">${recorder.words}</p>${
          recorder.lastFrameMs === null
            ? null
            : html`<p class="govuk-body-s">Last picture: ${moment(recorder.lastFrameMs, camera.timeZone, true)}</p>`
        }${
          camera.probe === null
            ? null
            : html`<p class="govuk-body-s">Address tried on ${moment(camera.probe.atMs, camera.timeZone)}: ${camera.probe.words}</p>`
        }${
          camera.device === null
            ? null
            : html`<p class="govuk-body-s">Asked on ${moment(camera.device.triedMs, camera.timeZone)} what it does besides filming: ${
                camera.device.readMs === null
                  ? camera.device.words
                  : functionsFound(camera.device.functions)
                      .map((one) => `${one.name} (${one.label.toLowerCase()})`)
                      .join(', ') || 'nothing, by its own word'
              }</p>`
        }`,
      })}${marks.card({
        title: 'Do',
        body: html`<ul class="govuk-list">${[
          file !== null &&
            may.has('deployment.view') &&
            html`<li>${marks.link(`/deployments/${file.deployment.id}`, 'Authority, gates and installation')}</li>`,
          may.has('footage.view') &&
            html`<li>${marks.link(`/viewings/new?camera=${camera.id}`, 'Look at recorded footage')}</li>`,
          may.has('footage.live') &&
            html`<li>${marks.link(`/viewings/new?camera=${camera.id}&live=yes`, 'Look at live pictures')}</li>`,
          may.has('footage.timeline') &&
            html`<li>${marks.link(`/cameras/${camera.id}/timeline`, 'When it recorded')}</li>`,
          file !== null &&
            file.deployment.ended === null &&
            html`<li>${marks.link(`/deployments/${file.deployment.id}/end`, 'Stop this camera')}</li>`,
        ]}</ul>`,
      })}`,
    )}`,
  }

  function whyNot(now: Standing | null): Html | null {
    const missing = (now?.gates ?? []).filter((gate: Gate) => gate.state !== 'met')
    if (now === null || missing.length === 0 || now.file.deployment.ended !== null) return null
    const roleTitle = (code: string): string =>
      now.pack.values.roles.find((role) => role.code === code)?.title ?? code
    const forNow = now.file.mandates.some((m) => m.class === 'transitional' && m.ended === null)
    return html`${marks.h2(forNow ? 'What it lacks' : 'Why it may not record yet')}${marks.gateList(
      missing.map((gate) => ({
        label: gate.label,
        state: gate.state,
        clause: clauseWords(now.pack, gate.clause),
        silent: gate.silent,
        who: gate.who.map(roleTitle).join(' or '),
        why: gate.why,
      })),
    )}`
  }

  function purposeWords(now: Standing | null): string {
    if (now === null) return 'None stated'
    const { purposes } = now.file.deployment
    return purposes
      .map((code) => now.pack.values.purposes.find((known) => known.code === code)?.label ?? code)
      .join('; ')
  }

  function endWords({ deployment, mandates }: DeploymentFile): string {
    const mandate = mandates.find((one) => one.ended === null)
    const until = mandate?.authorityUntilMs ?? null
    if (until === null) return `Last day: ${dayWords(deployment.untilDay!)}`
    const { timeZone } = deployment
    const lastDay = civilDay(until - 1, timeZone)
    // "20 December at midnight" leaves open which night is meant.
    return startOfDayMs(addDays(lastDay, 1), timeZone) === until
      ? `Ends at the end of ${dayWords(lastDay)}`
      : `Ends on ${momentWords(until, timeZone)}`
  }
}
