# The open chat.
no-chat = No chat open
no-chat-text = Pick a chat to read and write here.
room-direct = Chat with { $name }
room-group = { $name }, group
safety-compared = Safety number compared
and-more = { $names } and { $count } more
messages = Messages
intro-direct = Only you and { $name } can read this chat. Your server passes sealed envelopes.
intro-group = Only the members of this group can read it. Your server passes sealed envelopes.
intro-notes = Only your own devices can read what you note here.
jump = Jump to the latest message
jump-new = { $count ->
    [one] Jump to the latest message, one new
   *[other] Jump to the latest message, { $count } new
}
new-count = { $count } new
state-queued = Sending
state-sent = Sent
state-delivered = Delivered
state-read = Read
state-failed = Not sent
edited = edited
forwarded = Forwarded
unreadable = This message can’t be opened on this device
hidden-text = Hidden text. Press to show it.
earlier-message = An earlier message
show-it = Press to show it
reaction = { $emoji } from { $names }
reactions = { $emoji } { $count } from { $names }
reaction-count = { $count ->
    [one] one reaction
   *[other] { $count } reactions
}
react = React
react-with = React with { $emoji }
failed-too-large = Too big for your server.
failed-quota = Your server has no room left for this account.
failed-left = Not sent. You weren’t in this chat any more.
failed-lost = The file isn’t on this device any more.
failed-refused = Not sent. Your server refused it.
send-again = Send again
photo-named = Photo { $name }
save-file = Save { $name }
transfer = On its way
stop-download = Stop downloading { $name }
stop-upload = Stop sending { $name }
sealing = Sealing · { $done } of { $total }
arriving = Arriving · { $done } of { $total }
file-expired = No longer on the server. Its sender was asked to send it again.
file-failed = Can’t be had any more
message-menu = Message actions
reply = Reply
copy-text = Copy text
copied = Copied
edit = Edit
delete = Delete
delete-here = Delete for me…
delete-everyone = Delete for everyone…
delete-here-title = Delete for you?
delete-here-text = The message goes from your devices. Others keep it.
delete-everyone-title = Delete for everyone?
delete-everyone-text = The message goes from all devices in this chat that run Parlor. Whoever read it may remember it.
open = Open
forward = Forward
forward-to = Forward to
forward-count = Messages to forward: { $count }
was-forwarded = { $count ->
    [one] Forwarded
   *[other] { $count } messages forwarded
}
search-chats = Search chats
select = Select
picked = Selected messages
picked-count = { $count } selected
pick-end = Stop selecting
delete-many-title = { $count ->
    [one] Delete this message for you?
   *[other] Delete { $count } messages for you?
}
delete-many-text = They go from your devices. Others keep them.
mention = People to mention
find = Find in chat
find-none = Nothing found
find-count = { $at } of { $count }
find-older = Older
find-newer = Newer
play = Play
pause = Pause
position = Position
speed = Speed
read-more = Read more
message-details = Details
star = Star
unstar = Take the star away
starred = Starred
sent-at = Sent
received-at = Arrived on this device
edited-at = Edited
sent-silently = Sent without sound
read-by = Read
delivered-to = On a device
not-delivered-to = Not there yet
earlier-texts = Earlier texts
send-silently = Send without sound
