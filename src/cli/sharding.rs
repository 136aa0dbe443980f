//! `--shard`: which part of a scan this process makes.

use std::str::FromStr;

use driftline::scan::{Shard, ShardError};

use super::environment::Job;
use super::failure::Failure;

/// A shard as it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    This(Shard),
    /// The one that the environment says, of so many; without a number, the environment says that, too.
    Automatic(Option<u32>),
}

impl Asked {
    /// Which one it is.
    pub(crate) fn resolve(self, job: Option<Job>) -> Result<Shard, Failure> {
        let of = match self {
            Self::This(shard) => return Ok(shard),
            Self::Automatic(of) => of,
        };
        let job = job.ok_or_else(|| {
            Failure::new("find out which shard this is: no variable numbers this job").hint(
                "indexed jobs of Kubernetes, array jobs of AWS Batch, and parallel jobs of GitLab CI, CircleCI and Buildkite \
                 set one; anywhere else, name the shard: --shard 3/20",
            )
        })?;
        let of = of.or(job.of).ok_or_else(|| {
            Failure::new(format!("find out how many shards there are: only {} is set", job.variable))
                .hint("say how many there are: --shard auto/20")
        })?;
        Shard::new(job.number, of).map_err(|error| {
            Failure::new(format!("find out which shard this is, from {}", job.variable)).because(error)
        })
    }
}

impl FromStr for Asked {
    type Err = ShardError;

    fn from_str(text: &str) -> Result<Self, ShardError> {
        if text == "auto" {
            return Ok(Self::Automatic(None));
        }
        match text.strip_prefix("auto/") {
            // That the first one exists says that the number is one.
            Some(of) => format!("1/{of}").parse::<Shard>().map(|shard| Self::Automatic(Some(shard.of()))),
            None => text.parse().map(Self::This),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_is_named_or_found() {
        let job = |number, of| Some(Job { number, of, variable: "JOB_COMPLETION_INDEX" });
        let found = |text: &str, job| {
            let asked: Asked = text.parse().expect(text);
            asked.resolve(job).map(|shard| shard.to_string()).map_err(|failure| format!("{failure:?}"))
        };
        assert_eq!(found("3/20", None), Ok("3/20".to_owned()));
        assert_eq!(found("auto/20", job(3, None)), Ok("3/20".to_owned()));
        assert_eq!(found("auto", job(3, Some(4))), Ok("3/4".to_owned()));
        assert!(found("auto", job(3, None)).is_err_and(|why| why.contains("--shard auto/20")));
        assert!(found("auto", None).is_err_and(|why| why.contains("--shard 3/20")));
        assert!(found("auto/2", job(3, None)).is_err_and(|why| why.contains("JOB_COMPLETION_INDEX")));
        for text in ["auto/", "auto/0", "automatic", "auto/x"] {
            assert!(text.parse::<Asked>().is_err(), "{text}");
        }
    }
}
