#!/usr/bin/python3
"""GStreamer's RTSP server, told what to serve by one line of JSON on standard input.

{"port": 0, "user": null, "password": null, "mounts": [{"path": "/cam0", "launch": "( ... )"}]}
Prints "ready PORT". Ends when its standard input closes, so it cannot outlive the test that started it.
"""
import json
import sys

import gi

gi.require_version('Gst', '1.0')
gi.require_version('GstRtsp', '1.0')
gi.require_version('GstRtspServer', '1.0')
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

Gst.init(None)
order = json.loads(sys.stdin.readline())
server = GstRtspServer.RTSPServer()
server.set_address('127.0.0.1')
server.set_service(str(order['port']))
server.set_backlog(512)

if order.get('user'):
    token = GstRtspServer.RTSPToken()
    token.set_string('media.factory.role', 'viewer')
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
    auth.add_digest(order['user'], order['password'], token)
    server.set_auth(auth)

for mount in order['mounts']:
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(mount['launch'])
    factory.set_shared(True)
    if order.get('user'):
        permissions = GstRtspServer.RTSPPermissions()
        permissions.add_permission_for_role('viewer', 'media.factory.access', True)
        permissions.add_permission_for_role('viewer', 'media.factory.construct', True)
        factory.set_permissions(permissions)
    server.get_mount_points().add_factory(mount['path'], factory)

server.attach(None)
loop = GLib.MainLoop()
GLib.io_add_watch(sys.stdin.fileno(), GLib.PRIORITY_DEFAULT, GLib.IOCondition.HUP, lambda *_: loop.quit())
print('ready', server.get_bound_port(), flush=True)
loop.run()
