/** What an installer leaves on record besides the ticks: photos of the place, and what pictures are matched with. */
import { z } from 'zod'
import { civilDay, daysBetween, type Result } from '#base/base.ts'
import { closeTask, openTask } from '#casework/casework.ts'
import { append } from '#ledger/ledger.ts'
import { rolesFor } from '#policy/policy.ts'
import { checkPicture, placeOf, storePicture } from '#register/register.ts'
import { fields } from '#web/web.ts'
import { aboutOf, act, ask, type By, denied, no, reason, yes } from './asking.ts'
import type { Standing } from './evaluate.ts'
import * as store from './installed-store.ts'

const mayInstall = (by: By, standing: Standing) =>
  ask(standing.pack, by.person, standing, 'deployment.install', {
    deploymentType: standing.file.deployment.type,
  })

export function addSitePhoto(
  by: By & { readonly note: string; readonly photo: Buffer | undefined },
): Promise<Result<{ photoId: string }>> {
  return act({
    ...by,
    async work(tx, standing, nowMs) {
      const decision = mayInstall(by, standing)
      if (!decision.allowed) return denied(decision.reasons)
      const picture = checkPicture(by.photo)
      if (!picture.ok) return no(...picture.reasons.map((r) => ({ ...r, code: 'sitePhoto' })))
      const { file } = standing
      if (file.sitePhotos.length >= store.sitePhotosMax)
        return no(reason('sitePhoto', `There are ${store.sitePhotosMax} photos already. That is the most.`))
      const { provider } = file.deployment
      const attachmentId = await storePicture(tx, { provider, ...picture.value, by: by.person.id, nowMs })
      const photoId = await store.insertSitePhoto(tx, file.deployment.id, {
        attachmentId,
        note: by.note,
        takenBy: by.person.id,
        takenMs: nowMs,
      })
      await append(tx, {
        kind: 'site.photographed',
        actor: by.person.id,
        provider,
        about: aboutOf(standing),
        atMs: nowMs,
      })
      return yes({ photoId })
    },
  })
}

/** A check of a database counts for a year at most: who is in it changes. */
export const matchingDaysMax = 366

export const matchingSchema = z.object({
  database: fields.text('the name of the database and where it comes from', 300),
  owner: fields.text('who answers for it', 200),
  checkedOn: fields.day('the day on which it was checked'),
  goodUntil: fields.day('the last day on which that check counts'),
})

/** Matching is on only against a database that has an owner and a day of its last check, and until that check is old. */
export function recordMatching(
  by: By & z.output<typeof matchingSchema>,
): Promise<Result<{ matchingId: string }>> {
  return act({
    ...by,
    async work(tx, standing, nowMs) {
      const decision = mayInstall(by, standing)
      if (!decision.allowed) return denied(decision.reasons)
      const { file, pack } = standing
      const d = file.deployment
      const today = civilDay(nowMs, d.timeZone)
      const wrong = [
        ...(d.technologies.length === 0
          ? [reason('database', 'The proposal says that this camera only films, so it matches nothing.')]
          : []),
        ...(by.checkedOn > today ? [reason('checkedOn', 'The check can’t be in the future')] : []),
        ...(by.goodUntil < today
          ? [reason('goodUntil', 'That check is too old: have it checked again')]
          : []),
        ...(daysBetween(by.checkedOn, by.goodUntil) > matchingDaysMax
          ? [reason('goodUntil', 'A check counts for a year at most')]
          : []),
      ]
      if (wrong.length > 0) return no(...wrong)
      const id = await store.insertMatching(tx, d.id, {
        database: by.database,
        owner: by.owner,
        checkedOn: by.checkedOn,
        goodUntil: by.goodUntil,
        recordedBy: by.person.id,
        recordedMs: nowMs,
      })
      await append(tx, {
        kind: 'matching.recorded',
        actor: by.person.id,
        provider: d.provider,
        about: { ...aboutOf(standing), matching: id },
        data: { checkedOn: by.checkedOn, goodUntil: by.goodUntil },
        personal: { owner: by.owner, database: by.database },
        atMs: nowMs,
      })
      await openTask(tx, {
        kind: 'matching.check',
        provider: d.provider,
        ...placeOf(file.site),
        title: `${d.reference}: have the database checked again that its pictures are matched with, or switch that off.`,
        roles: rolesFor(pack, 'deployment.install'),
        about: { deployment: d.id },
        dueMs: Date.parse(`${by.goodUntil}T12:00:00Z`),
        nowMs,
      })
      return yes({ matchingId: id })
    },
  })
}

export function switchMatchingOff(by: By): Promise<Result<null>> {
  return act({
    ...by,
    async work(tx, standing, nowMs) {
      const decision = mayInstall(by, standing)
      if (!decision.allowed) return denied(decision.reasons)
      const d = standing.file.deployment
      if (!(await store.endMatching(tx, d.id, by.person.id, nowMs)))
        return no(reason('matching', 'It is off already.'))
      await append(tx, {
        kind: 'matching.off',
        actor: by.person.id,
        provider: d.provider,
        about: aboutOf(standing),
        atMs: nowMs,
      })
      await closeTask(tx, { kind: 'matching.check', about: { deployment: d.id }, by: by.person.id, nowMs })
      return yes(null)
    },
  })
}

/** On, by what is recorded; a check that is over switches it off without anybody's doing. */
export const matchingOn = ({ file }: Pick<Standing, 'file'>, nowMs: number): boolean =>
  file.matching !== null && file.matching.goodUntil >= civilDay(nowMs, file.deployment.timeZone)
