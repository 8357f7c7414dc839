//! From a change to a bundle: commit, welcomes, encrypted group info, keys of the new epoch.

use crate::step::Step;
use crate::{EngineError, Result};
use parlor_crypto::sign::SigningKey;
use parlor_crypto::{Secret, aead};
use parlor_mls::{Change, Group, Outgoing};
use parlor_store::groups::{GroupRow, Status};
use parlor_store::intents::{BundleRow, IntentRow, Taken};
use parlor_wire::relay::{Bundle, BundleKind, WelcomeFor};
use parlor_wire::{GroupId, Message, statement};

/// The key that authorises a rejoin, known to whoever knows the info key.
pub fn rejoin_key(info_key: &[u8]) -> Result<SigningKey> {
    Ok(SigningKey::from_seed(&info_secret(info_key)?.derive("parlor rejoin key v1")))
}

fn info_secret(info_key: &[u8]) -> Result<Secret> {
    Secret::try_from(info_key).map_err(|_| EngineError::Damaged("an info key"))
}

/// Opens what the relay keeps for members who come back.
pub fn open_group_info(info_key: &[u8], group: &GroupId, sealed: &[u8]) -> Option<Vec<u8>> {
    let key = info_secret(info_key).ok()?.derive("parlor group info v1");
    aead::open(&key, group.as_bytes(), sealed).ok()
}

/// A rejoin is not encrypted by MLS and says who comes: it travels sealed for those who know the info key.
pub fn seal_rejoin(
    info_key: &[u8],
    group: &GroupId,
    commit: &[u8],
    rng: parlor_crypto::Rng<'_>,
) -> Result<Vec<u8>> {
    let key = info_secret(info_key)?.derive("parlor rejoin commit v1");
    Ok(aead::seal(&key, group.as_bytes(), commit, rng))
}

/// Opens what [`seal_rejoin`] made.
pub fn open_rejoin(info_key: &[u8], group: &GroupId, sealed: &[u8]) -> Option<Vec<u8>> {
    let key = info_secret(info_key).ok()?.derive("parlor rejoin commit v1");
    aead::open(&key, group.as_bytes(), sealed).ok()
}

impl Step<'_, '_> {
    /// Makes the commit of an intent, stores it with its bundle and sends it.
    pub(super) fn commit(
        &mut self,
        intent: &IntentRow,
        row: GroupRow,
        mut group: Group,
        mut change: Change,
        packages: &[Taken],
    ) -> Result<()> {
        change.add = packages.iter().map(|taken| taken.key_package.clone()).collect();
        let founding = row.status == Status::Founding;
        let removed: Vec<Vec<u8>> = group
            .members()?
            .iter()
            .filter(|member| change.remove.contains(&member.index))
            .map(|member| member.queue.to_vec())
            .collect();
        let new_queue = change.queue;
        let info_key = match &change.state {
            Some(state) => state.info_key.clone(),
            None => group.state()?.info_key,
        };
        let old_key = group.send_key()?;
        let outgoing = self.mls(|mls| group.commit(mls, change))??;
        let signer = if founding { group.next_send_key()? } else { old_key };
        self.put_group(group);
        let mut bundle = self.bundle(&row.group_id, &outgoing, &info_key)?;
        bundle.kind = if founding { BundleKind::Create } else { BundleKind::Commit } as i32;
        bundle.queues_add = packages.iter().map(|taken| taken.queue.to_vec()).collect();
        if let Some(welcome) = outgoing.welcome {
            let welcome = bytes::Bytes::from(welcome);
            for (at, taken) in packages.iter().enumerate() {
                bundle.welcomes.push(WelcomeFor {
                    queue_id: taken.queue.to_vec(),
                    payload: if at == 0 { welcome.clone() } else { bytes::Bytes::new() },
                    same_as: (at > 0).then_some(0),
                });
            }
        }
        if founding {
            bundle.queues_add.push(row.queue_id.to_vec());
        }
        bundle.queues_remove = removed;
        if let Some(queue) = new_queue {
            self.tx.set_queue(&queue, Some(&row.group_id))?;
            bundle.queues_add.push(queue.to_vec());
            bundle.queues_remove.push(row.queue_id.to_vec());
        }
        self.store_bundle(intent.id, &row.group_id, bundle, &signer)
    }

    /// What every bundle has in common.
    pub(super) fn bundle(
        &mut self,
        group: &GroupId,
        outgoing: &Outgoing,
        info_key: &[u8],
    ) -> Result<Bundle> {
        let key = info_secret(info_key)?.derive("parlor group info v1");
        let group_info = aead::seal(&key, group.as_bytes(), &outgoing.group_info, &mut *self.rng);
        Ok(Bundle {
            group_id: group.to_vec(),
            base_epoch: outgoing.base_epoch,
            commit: outgoing.commit.clone().into(),
            group_info: group_info.into(),
            send_key: outgoing.send_key.0.to_vec(),
            rejoin_key: rejoin_key(info_key)?.public().0.to_vec(),
            epoch_tag: outgoing.epoch_tag.to_vec(),
            ..Bundle::default()
        })
    }

    pub(super) fn store_bundle(
        &mut self,
        intent: i64,
        group: &GroupId,
        mut bundle: Bundle,
        signer: &SigningKey,
    ) -> Result<()> {
        bundle.signature = signer.sign(&statement::bundle(&bundle)).to_vec();
        self.tx.set_bundle(&BundleRow {
            group_id: *group,
            intent_id: intent,
            base_epoch: bundle.base_epoch,
            commit_hash: parlor_wire::hash(&bundle.commit),
            frame: bundle.encode_to_vec(),
        })?;
        self.bundle_under_way(group)?;
        Ok(())
    }
}
