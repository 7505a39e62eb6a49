//! The ids of tasks on the wire: a UUID in form, the campaign in its first half, the task in its second.

use crate::task::TaskId;

/// That of a task of this campaign.
pub(super) fn of(campaign: u64, id: TaskId) -> String {
    let (campaign, task) = (format!("{campaign:016x}"), format!("{:016x}", id.get()));
    format!("{}-{}-{}-{}-{}", &campaign[..8], &campaign[8..12], &campaign[12..], &task[..4], &task[4..])
}

/// The task of this id, if it is of this campaign.
pub(super) fn task(campaign: u64, wire_id: &str) -> Option<TaskId> {
    let digits: String = wire_id.chars().filter(|&c| c != '-').collect();
    let (theirs, task) = digits.split_at_checked(16)?;
    let is_ours = u64::from_str_radix(theirs, 16) == Ok(campaign);
    u64::from_str_radix(task, 16).ok().filter(|_| is_ours).map(TaskId)
}

/// Whether it may be of a thinker of this library, of whatever campaign. The original's never are: they are random UUIDs (version 4 of
/// RFC 9562), which have the variant, 8, 9, a or b, where the number of a task begins, which is never so large.
pub(super) fn may_be_ours(wire_id: &str) -> bool {
    wire_id.len() == 36 && wire_id.as_bytes()[19] == b'0'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_is_known_by_its_id_in_its_campaign() {
        for (campaign, id) in [(0, 1), (u64::MAX, 2), (0x0123_4567_89ab_cdef, u64::MAX >> 4)] {
            let wire_id = of(campaign, TaskId(id));
            assert_eq!(task(campaign, &wire_id), Some(TaskId(id)), "{wire_id}");
            assert_eq!(task(campaign ^ 1, &wire_id), None, "{wire_id}");
            assert!(may_be_ours(&wire_id), "{wire_id}");
        }
        assert_eq!(of(0x0123_4567_89ab_cdef, TaskId(0x2a)), "01234567-89ab-cdef-0000-00000000002a");
    }

    #[test]
    fn those_of_the_original_are_not_taken_for_ours() {
        for variant in ['8', '9', 'a', 'b'] {
            let wire_id = format!("f81d4fae-7dec-41d0-{variant}765-00a0c91e6bf6");
            assert!(!may_be_ours(&wire_id), "{wire_id}");
        }
        for text in ["", "0", "no uuid", "01234567-89ab-cdef-0000", "é".repeat(18).as_str()] {
            assert!(!may_be_ours(text) && task(0, text).is_none(), "{text}");
        }
    }
}
