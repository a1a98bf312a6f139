import { deepEqual, equal, match } from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Authenticator, type Challenge, parseChallenges } from './authentication.ts'

const person = { username: 'Mufasa', password: 'Circle of Life' }

describe('sign-in', () => {
  // RFC 7616 §3.9.1, both halves of its example.
  const header = (algorithm: string) =>
    `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`
  const nonce = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ'
  for (const [algorithm, response] of [
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ] as const) {
    it(`gives the RFC's own answer with ${algorithm}`, () => {
      const [challenge] = parseChallenges([header(algorithm)])
      const answer = new Authenticator(person, challenge!).header('GET', '/dir/index.html', nonce)
      match(answer, new RegExp(`response="${response}"`))
      match(answer, /nc=00000001/)
    })
  }

  it("gives RFC 2069's form when the camera names no qop", () => {
    const [challenge] = parseChallenges([
      'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"',
    ])
    const answer = new Authenticator(person, challenge!).header('DESCRIBE', 'rtsp://cam/')
    equal(/qop|cnonce|nc=/.test(answer), false)
  })

  it('takes the strongest of several, in one header or many', () => {
    const schemes = (values: string[]) =>
      parseChallenges(values).map((c: Challenge) => (c.scheme === 'basic' ? 'basic' : c.algorithm))
    deepEqual(schemes(['Basic realm="a"', header('MD5'), header('SHA-256')]), ['SHA-256', 'MD5', 'basic'])
    deepEqual(schemes(['Digest realm="a", nonce="1", Basic realm="b"']), ['MD5', 'basic'])
    deepEqual(
      schemes(['Digest realm="a", nonce="1", algorithm=SHA-512-256', 'Negotiate', 'Digest realm="x"']),
      [],
    )
  })

  it('never puts a line end into a header, whatever the challenge says', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (realm, value) => {
        parseChallenges([value])
        const challenge: Challenge = { ...parseChallenges([header('MD5')])[0]!, realm } as Challenge
        equal(/[\r\n]/.test(new Authenticator(person, challenge).header('PLAY', 'rtsp://a/')), false)
      }),
    )
  })
})
