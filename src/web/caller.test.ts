import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callerOf, isOurProxy } from './caller.ts'

test('only the holder of the connection is believed about who called, and only from near by', () => {
  for (const proxy of ['127.0.0.1', '::1', '::ffff:10.1.2.3', '172.31.0.9', '192.168.4.4', 'fd12::7'])
    assert.equal(isOurProxy(proxy, 0), true, proxy)
  for (const other of ['203.0.113.9', '172.32.0.1', '2001:db8::1', 'unknown', ''])
    assert.equal(isOurProxy(other, 0), false, other)
  assert.equal(isOurProxy('10.1.2.3', 1), false, 'a caller in the same private network names nobody else')
})

test('one caller is an IPv4 address or the /64 of an IPv6 one', () => {
  assert.equal(callerOf('::ffff:192.0.2.7'), '192.0.2.7')
  assert.equal(callerOf('192.0.2.7'), '192.0.2.7')
  const one = callerOf('2001:db8:1:2::1')
  for (const same of ['2001:db8:1:2:ffff:ffff:ffff:ffff', '2001:0DB8:0001:0002::', '2001:db8:1:2:0:0:0:9'])
    assert.equal(callerOf(same), one, same)
  assert.notEqual(callerOf('2001:db8:1:3::1'), one)
  assert.notEqual(callerOf('::1'), one)
})
