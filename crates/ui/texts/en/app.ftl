# The frame, the connection, what every page has.
skip = Skip to message field
main = Main
chats = Chats
settings = Settings
you = You
you-named = You: { $name }
close = Close
cancel = Cancel
save = Save
more = More
undo = Undo
reload = Reload
part-missing = This part of Parlor couldn’t be loaded. The server may have a new version: load the page again.
details = Details
somebody = Somebody
back-to-chats = Back to chats
unread-chats = { $count ->
    [one] one unread chat
   *[other] { $count } unread chats
}
offline = You’re offline.
offline-text = Messages leave when you’re back.
unreachable = Can’t reach { $server }.
full = This browser has no room left.
full-text = Free some space on this device, and Parlor goes on by itself. Nothing that was sent or received is lost.
technical-details = Technical details
broken-storage = This browser keeps nothing here
broken-storage-text = Parlor keeps your messages on this device, and this browser doesn’t allow it. A private window often does that. Open Parlor in an ordinary window.
broken-damaged = What’s kept here can’t be read
broken-damaged-text = The messages on this device are damaged. Your account is safe: link this browser again from another device, or use your recovery code.
broken-other = Parlor couldn’t start
broken-other-text = Nothing is lost. Load the page again; if it keeps happening, the details below help whoever looks into it.
size-bytes = { $amount } B
size-kilobytes = { $amount } KB
size-megabytes = { $amount } MB
size-gigabytes = { $amount } GB
accounts = Accounts
accounts-add = Add an account
accounts-add-text = Another name, with chats of its own
accounts-back = Back to { $name }
# A link that was opened.
opened-group = You’re invited
opened-group-text = Ask to join “{ $name }”? Its members see your name.
opened-join = Ask to join
opened-person = Write to somebody
opened-person-text = This link leads to a person. They see your name, and your message as a request.
opened-write = Write
opened-asked = Asked. The group appears here as soon as you’re in.
opened-expired = This link leads nowhere any more. Ask for a new one.
opened-elsewhere = That’s on another server. Open the link in the app of that server.
opened-wrong = That’s not a link that Parlor knows.
# The camera.
scan = Scan a code
scan-sight = What the camera sees
scan-asking = Your browser asks whether Parlor may use the camera.
scan-text = Hold the code in front of the camera. What it sees stays on this device.
scan-refused = Parlor can’t use a camera here. Allow it in your browser’s settings for this page.
safety-same = The codes are the same
safety-differs = This is another code. Make sure you scanned the safety number of this very chat, on the other’s device. If you did, somebody may be in between: don’t write anything private here.
# Between the members of a list, before a space.
comma = ,
# What stands on a key whose English name is given.
key = { $key }
with-keys = { $name } ({ $keys })
