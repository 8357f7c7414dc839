notice-created-you = Du hast die Gruppe „{ $title }“ erstellt
notice-created = { $by } hat die Gruppe „{ $title }“ erstellt
notice-added-you = Du hast { $whom } hinzugefügt
notice-added-me = { $by } hat dich hinzugefügt
notice-added = { $by } hat { $whom } hinzugefügt
notice-removed-you = Du hast { $whom } entfernt
notice-removed-me = { $by } hat dich entfernt
notice-removed = { $by } hat { $whom } entfernt
notice-left-you = Du hast die Gruppe verlassen
notice-left = { $by } hat die Gruppe verlassen
notice-title-you = Du hast den Namen in „{ $title }“ geändert
notice-title = { $by } hat den Namen in „{ $title }“ geändert
notice-description-you = Du hast die Beschreibung geändert
notice-description = { $by } hat die Beschreibung geändert
notice-policy-you = Du hast geändert, wer was darf
notice-policy = { $by } hat geändert, wer was darf
notice-role-you = Du hast { $whom } zum { $role ->
    [owner] Eigentümer
    [admin] Admin
   *[other] Mitglied
} gemacht
notice-role-me = { $by } hat dich zum { $role ->
    [owner] Eigentümer
    [admin] Admin
   *[other] Mitglied
} gemacht
notice-role = { $by } hat { $whom } zum { $role ->
    [owner] Eigentümer
    [admin] Admin
   *[other] Mitglied
} gemacht
notice-device-you = Du verwendest ein neues Gerät
notice-device = { $by } verwendet ein neues Gerät
notice-restored-you = Du hast dein Konto auf einem neuen Gerät wiederhergestellt
notice-restored = { $by } hat das eigene Konto auf einem neuen Gerät wiederhergestellt
notice-restored-here = Du hast diesen Chat aus dem Backup vom { $day } wiederhergestellt. Nachrichten aus der Zeit danach können fehlen.
notice-gap = Einige Nachrichten konnten auf diesem Gerät nicht empfangen werden
notice-parted = Der Server hatte dieses Gerät von den anderen in diesem Chat getrennt. Jetzt sind sie wieder beisammen.
notice-refused = { $by } wollte etwas ändern, was nicht erlaubt ist. Es wurde abgelehnt.
