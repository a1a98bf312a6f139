import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Failure } from '#base/base.ts'
import { hashPassword, passwordHolds, passwordLengthMax, passwordWeakness } from './passwords.ts'

describe('a stored password', () => {
  test('is argon2id with its costs and its own salt, and only the right one holds', async () => {
    const [one, two] = await Promise.all([
      hashPassword('three otters paddle home'),
      hashPassword('three otters paddle home'),
    ])
    assert.match(one, /^\$argon2id\$v=19\$m=65536,t=3,p=4\$/)
    assert.notEqual(one, two)
    assert.equal(await passwordHolds('three otters paddle home', one), true)
    assert.equal(await passwordHolds('three otters paddle Home', one), false)
    assert.equal(await passwordHolds('', one), false)
    assert.equal(await passwordHolds('anything', null), false)
  })

  test('is the same however its letters are composed', async () => {
    const hash = await hashPassword('caf\u00e9 otters paddle')
    assert.equal(await passwordHolds('cafe\u0301 otters paddle', hash), true)
  })

  test('that cannot be read is data loss, not a wrong password', async () => {
    await assert.rejects(
      passwordHolds('x', '$argon2id$v=19$broken'),
      (error) => error instanceof Failure && error.kind === 'data-loss',
    )
  })
})

describe('a new password', () => {
  const weak = (password: string, about: string[] = []) => passwordWeakness(password, about) !== null
  test('is long, and not one that everybody tries', () => {
    assert.equal(weak('elevenchars'), true)
    for (const bad of [
      'passwordpassword',
      'Password2026!',
      'P@ssw0rd1234',
      'qwertyuiop123',
      '123456789012',
      'aaaaaaaaaaaa',
      'letmeinletmein1',
      'derbycounty2026',
      'abcdefghijklmn',
      '111122223333',
    ]) {
      assert.equal(weak(bad), true, bad)
    }
    assert.equal(weak('priya.shah.2026', ['priya.shah', 'Priya Shah']), true)
  })
  test('needs no special characters', () => {
    for (const good of ['three otters paddle home', 'tarn velvet kiosk', '839201847562', 'nuqmeyhvktaz'])
      assert.equal(weak(good), false, good)
    assert.equal(weak('x9'.repeat(passwordLengthMax)), true)
  })
})
