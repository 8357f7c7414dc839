# A new chat, a new group.
new-address = Handle or link
new-address-hint = As they told you: a handle like ines, or their link.
new-nobody = Nobody has this address on your server. Handles are exact: compare it letter by letter.
new-begin = Start chat
new-own-link = Your link
new-own-code = QR code with your link
new-own-link-text = Whoever has it can write to you. You’re asked before anybody sees that you read.
new-known = People you talk to
group-title = Name of the group
group-title-hint = Only members see it.
group-people = Members
group-nobody = You know nobody yet. Start a chat with somebody first; members can be added later too.
group-make = { $count ->
    [0] Make the group
    [one] Make the group with one person
   *[other] Make the group with { $count } people
}
