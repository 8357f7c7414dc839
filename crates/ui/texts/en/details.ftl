# Details of a chat.
back-to-chat = Back to the chat
wallpaper = Wallpaper
wallpaper-as-all = As in all chats
wallpaper-arches = Arches
wallpaper-terrazzo = Terrazzo
wallpaper-tiles = Tiles
wallpaper-fern = Fern
wallpaper-rain = Rain
wallpaper-plain = Plain
leave = Leave
leave-group = Leave group
leave-title = Leave { $name }?
leave-text = You won’t get what’s said after that, on any of your devices. What was said stays with you.
block = Block
unblock = Unblock
block-title = Block { $name }?
block-text = Their messages don’t reach you any more. They aren’t told.
safety-number = Safety number
safety-is-compared = Compared
safety-not-compared = Not compared yet
safety-with = Safety number with { $name }
safety-text = Compare this with what { $name } sees, in person or on a call. If both are the same, nobody is in between.
safety-code = QR code with the safety number
safety-match = They match
members = Members
member-count = { $count ->
    [one] One member
   *[other] { $count } members
}
member-menu = Actions for { $name }
add-members = Add people
add = Add
rename-group = Name and description
group-description = Description
role-owner = Owner
role-admin = Admin
make-admin = Make admin
make-member = Take the admin role away
remove-member = Remove from the group
# The invite link.
join-link = Invite link
join-none = With a link, people can ask to join. You decide who comes in.
join-make = Make a link
join-text = Give it to people you want here. Whoever has it can ask to join.
join-code = QR code with the invite link
join-approve = Ask before people come in
join-approve-text = Somebody who may add people has to agree
join-reset = Make a new link
join-reset-text = The old one leads nowhere then
join-revoke = Take the link back
join-asks = { $count ->
    [one] One person asks to join
   *[other] { $count } people ask to join
}
join-let-in = Let in
join-accept = Let in: { $name }
join-decline = Don’t let { $name } in
