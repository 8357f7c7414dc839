# What happened to a chat, between its messages.
notice-created-you = You created “{ $title }”
notice-created = { $by } created “{ $title }”
notice-added-you = You added { $whom }
notice-added-me = { $by } added you
notice-added = { $by } added { $whom }
notice-removed-you = You removed { $whom }
notice-removed-me = { $by } removed you
notice-removed = { $by } removed { $whom }
notice-left-you = You left
notice-left = { $by } left
notice-title-you = You changed the name to “{ $title }”
notice-title = { $by } changed the name to “{ $title }”
notice-description-you = You changed the description
notice-description = { $by } changed the description
notice-policy-you = You changed who may do what
notice-policy = { $by } changed who may do what
notice-role-you = You made { $whom } { $role ->
    [owner] an owner
    [admin] an admin
   *[other] a member
}
notice-role-me = { $by } made you { $role ->
    [owner] an owner
    [admin] an admin
   *[other] a member
}
notice-role = { $by } made { $whom } { $role ->
    [owner] an owner
    [admin] an admin
   *[other] a member
}
notice-device-you = You use a new device
notice-device = { $by } uses a new device
notice-restored-you = You restored your account on a new device
notice-restored = { $by } restored their account on a new device
notice-restored-here = You restored this chat from the backup of { $day }. Messages between then and now may be missing.
notice-gap = Some messages couldn’t be received on this device
notice-parted = The server kept this device apart from the others in this chat. They’re together again.
notice-refused = { $by } tried a change that isn’t allowed. It was refused.
