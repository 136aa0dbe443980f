//! From drift to Terraform's plan of the way back: what is there goes into the state, then the restore point is planned.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use driftline::export::{Access, Error, Phase, Pieces, write_chosen};
use driftline::restore::{Known, Proposal, Work, known, named, only_adopts, planned, proposal, words};

use driftline_api::{Address, Scope};

use super::super::context::Context;
use super::super::failure::Failure;
use super::folder::Folder;
use super::running::Terraform;

/// What every step needs.
pub(super) struct Setting<'s> {
    pub(super) cx: &'s Context,
    pub(super) folder: &'s Folder,
    pub(super) terraform: &'s Terraform<'s>,
    pub(super) access: &'s BTreeMap<String, Access>,
    /// Those of everything that the state may hold: also of what is given up on the way.
    pub(super) scopes: BTreeSet<Scope>,
    pub(super) var_files: Vec<PathBuf>,
}

/// What Terraform would do: it is saved as a plan.
pub(super) struct Prepared {
    pub(super) proposal: Proposal,
    /// The configuration of the restore point.
    pub(super) written: Pieces,
}

/// The plan of the way back.
const PLAN: &str = "restore.tfplan";
/// The plan that takes what is there into the state.
const ADOPTION: &str = "adopt.tfplan";
/// An output in the state by which a restore knows it for its own.
const OWN: &str = "driftline_restore";

/// How often it is tried to take everything in by one plan. Terraform tells everything that it cannot import at once, as
/// far as it gets.
const ROUNDS: usize = 3;

/// How many addresses one call of `terraform state rm` takes.
const AT_ONCE: usize = 200;

pub(super) fn prepare(setting: &Setting<'_>, work: &mut Work) -> Result<Prepared, Failure> {
    let Setting { terraform, .. } = setting;
    let nothing = BTreeSet::new();
    let planned_names = setting.write(work, Phase::PutBack { known: &nothing, without: &nothing }, &nothing)?;
    terraform.say("init");
    terraform.run("set up Terraform", &["init", "-input=false", "-no-color"])?;
    // What cannot be written as it was must not be taken in as it is: Terraform would destroy it.
    for left in &planned_names.left_out {
        work.give_up(&left.address, left.why.clone());
    }
    let before = setting.clean_state(work, &planned_names)?;
    let anew: BTreeMap<_, _> = planned_names
        .pieces
        .iter()
        .filter(|piece| piece.child.is_none())
        .filter_map(|piece| Some((piece.address.clone(), before.get(&piece.terraform)?.clone())))
        .collect();
    if !anew.is_empty() {
        work.spare(&anew);
        work.succeed(&anew);
    }

    let kept: BTreeSet<String> = before.keys().cloned().collect();
    let (adopted, refused) = setting.adopt(work, &kept)?;
    let mut state = kept.clone();
    state.extend(adopted.terraform());
    let written = setting.write(work, Phase::PutBack { known: &state, without: &refused }, &state)?;
    setting.ask_for_secrets(&written)?;
    terraform.say("plan");
    let out = format!("-out={PLAN}");
    let files: Vec<String> = setting.var_files.iter().map(|file| format!("-var-file={}", file.display())).collect();
    let mut arguments = vec!["plan", "-input=false", "-no-color", &out];
    // What was taken into the state a moment ago is as fresh as can be.
    if kept.is_empty() {
        arguments.push("-refresh=false");
    }
    arguments.extend(files.iter().map(String::as_str));
    setting.folder.mark(&BTreeSet::from([PLAN.to_owned()]))?;
    terraform.run("plan the way back", &arguments)?;
    let json = terraform.run("read Terraform's plan", &["show", "-json", "-no-color", PLAN])?;
    let changes = planned(&json).map_err(|error| Failure::new("read Terraform's plan").because(error))?;
    let proposal = proposal(work, &adopted, &written, &before, &changes);
    Ok(Prepared { proposal, written })
}

/// Lets Terraform do what it planned, to the letter.
pub(super) fn apply(setting: &Setting<'_>) -> Result<(), Failure> {
    setting.terraform.watch("apply what was planned", &["apply", "-input=false", "-no-color", PLAN]).map_err(
        |failure| {
            failure.hint("Terraform's state says what was done: `driftline restore` shows what is left, and goes on")
        },
    )
}

/// What the state knows.
pub(super) fn state(terraform: &Terraform<'_>) -> Result<BTreeMap<String, Known>, Failure> {
    in_state(&read_state(terraform)?)
}

fn read_state(terraform: &Terraform<'_>) -> Result<Vec<u8>, Failure> {
    terraform.run("read the state", &["show", "-json", "-no-color"])
}

fn in_state(json: &[u8]) -> Result<BTreeMap<String, Known>, Failure> {
    known(json).map_err(|error| Failure::new("read the state").because(error))
}

impl Setting<'_> {
    /// Replaces the configuration in the folder.
    fn write(&self, work: &Work, phase: Phase<'_>, state: &BTreeSet<String>) -> Result<Pieces, Failure> {
        self.folder.clear()?;
        let chosen = match phase {
            Phase::Adopt { .. } => work.as_it_is(),
            Phase::PutBack { .. } => work.as_it_should_be(),
        };
        // What is to be removed is in no configuration, but its provider must be.
        let scopes: Vec<&Scope> = self.scopes.iter().collect();
        let pieces = write_chosen(&chosen, &scopes, phase, state, self.access, self.folder.path()).map_err(
            |error| match error {
                Error::Store(error) => error.into(),
                Error::Write { .. } => Failure::new("write Terraform's configuration").because(error),
            },
        )?;
        self.folder.mark(&pieces.files)?;
        let own = format!(
            "output \"{OWN}\" {{\n  value = \"This state is of `driftline restore`, which takes in and forgets what it \
             needs.\"\n}}\n"
        );
        self.folder.write("restore.tf", &own)?;
        Ok(pieces)
    }

    /// Forgets what earlier restores left in the state, but for what they created anew and nobody recorded yet: only
    /// the state knows what that is. What it keeps.
    fn clean_state(&self, work: &Work, names: &Pieces) -> Result<BTreeMap<String, Known>, Failure> {
        if self.folder.is_fresh() {
            return Ok(BTreeMap::new());
        }
        let json = read_state(self.terraform)?;
        let mut before = in_state(&json)?;
        if before.is_empty() {
            return Ok(before);
        }
        let is_own = serde_json::from_slice::<serde_json::Value>(&json)
            .is_ok_and(|state| state.pointer(&format!("/values/outputs/{OWN}")).is_some());
        if !is_own {
            let count = before.len();
            return Err(Failure::new(format!("use the state: it holds {count} resources of another configuration"))
                .hint(
                    "a restore takes in and forgets what it needs: give it a state of its own (key, path, workspace)",
                ));
        }
        let is_gone = |address: &Address| work.items.iter().any(|item| item.live.is_none() && item.address == *address);
        let keep: BTreeSet<&str> =
            names.pieces.iter().filter(|piece| is_gone(&piece.address)).map(|piece| piece.terraform.as_str()).collect();
        let old: Vec<String> = before.keys().filter(|name| !keep.contains(name.as_str())).cloned().collect();
        self.forget(&old)?;
        before.retain(|name, _| keep.contains(name.as_str()));
        Ok(before)
    }

    /// Takes resources out of the state, and leaves them as they are.
    fn forget(&self, names: &[String]) -> Result<(), Failure> {
        for some in names.chunks(AT_ONCE) {
            let mut arguments = vec!["state", "rm", "-no-color"];
            arguments.extend(some.iter().map(String::as_str));
            self.terraform.run("take out of the state what does not belong there", &arguments)?;
        }
        Ok(())
    }

    /// Takes what lives into the state: by a plan that is proved to change nothing, or else one by one. What was taken in.
    /// And what Terraform refused to.
    fn adopt(&self, work: &mut Work, kept: &BTreeSet<String>) -> Result<(Pieces, BTreeSet<String>), Failure> {
        let (mut refused, mut last) = (BTreeSet::new(), String::new());
        for round in 0..ROUNDS {
            let adopted = self.write(work, Phase::Adopt { imports: true, without: &refused }, kept)?;
            // What cannot be taken in as it is must not be written as it was: Terraform would create it a second time.
            for left in &adopted.left_out {
                work.give_up(&left.address, left.why.clone());
            }
            let count = adopted.pieces.iter().filter(|piece| !kept.contains(&piece.terraform)).count();
            if count == 0 {
                return Ok((adopted, refused));
            }
            if round == 0 {
                let them = if count == 1 { "1 resource" } else { &format!("{count} resources") };
                self.terraform.say(&format!("taking {them} into the state as is"));
            }
            let Some(said) = self.adopt_at_once()? else { return Ok((adopted, refused)) };
            // One that cannot be imported keeps no other from it: Terraform names it.
            let named = named(&said, adopted.pieces.iter().map(|piece| piece.terraform.as_str()));
            if named.is_empty() {
                let text = words(&said);
                return match self.terraform.advice(&text) {
                    // It is nothing about the resources.
                    Some(hint) => Err(Failure::new("take what is there into the state").because(text).hint(hint)),
                    None => self.adopt_one_by_one(work, kept, refused, &said),
                };
            }
            Self::give_up(work, &adopted, &named, &said);
            refused.extend(named);
            last = said;
        }
        self.adopt_one_by_one(work, kept, refused, &last)
    }

    /// Takes in by one plan; if that cannot be, what Terraform said.
    fn adopt_at_once(&self) -> Result<Option<String>, Failure> {
        let out = format!("-out={ADOPTION}");
        self.folder.mark(&BTreeSet::from([ADOPTION.to_owned()]))?;
        // What is kept is not looked at: whether it is still there is for the plan of the way back.
        let arguments = ["plan", "-input=false", "-no-color", "-refresh=false", &out];
        if let Err(said) = self.terraform.attempt(&arguments)? {
            return Ok(Some(said));
        }
        let json = self.terraform.run("read Terraform's plan", &["show", "-json", "-no-color", ADOPTION])?;
        let changes = planned(&json).map_err(|error| Failure::new("read Terraform's plan").because(error))?;
        if !only_adopts(&changes) {
            return Ok(Some(String::new()));
        }
        self.terraform.run("take what is there into the state", &["apply", "-input=false", "-no-color", ADOPTION])?;
        Ok(None)
    }

    /// Takes in by `terraform import`, which writes nothing but the state.
    fn adopt_one_by_one(
        &self,
        work: &mut Work,
        kept: &BTreeSet<String>,
        mut refused: BTreeSet<String>,
        said: &str,
    ) -> Result<(Pieces, BTreeSet<String>), Failure> {
        let why = first_line(&words(said)).map_or("that would change something".to_owned(), str::to_owned);
        self.terraform.say(&format!("they cannot be taken in at once, and are one by one ({why})"));
        let mut adopted = self.write(work, Phase::Adopt { imports: false, without: &refused }, kept)?;
        for piece in adopted.pieces.iter().filter(|piece| !kept.contains(&piece.terraform)) {
            let arguments = ["import", "-input=false", "-no-color", &piece.terraform, &piece.import];
            if let Err(said) = self.terraform.attempt(&arguments)? {
                let one = BTreeSet::from([piece.terraform.clone()]);
                Self::give_up(work, &adopted, &one, &said);
                refused.extend(one);
            }
        }
        adopted.pieces.retain(|piece| !refused.contains(&piece.terraform));
        let is_worked_on = |address: &Address| work.items.iter().any(|item| item.address == *address);
        let (pieces, orphans): (Vec<_>, Vec<_>) =
            adopted.pieces.into_iter().partition(|piece| is_worked_on(&piece.address));
        self.forget(&orphans.into_iter().map(|piece| piece.terraform).collect::<Vec<_>>())?;
        adopted.pieces = pieces;
        Ok((adopted, refused))
    }

    /// Leaves resources alone that Terraform cannot import: it would create them a second time.
    fn give_up(work: &mut Work, adopted: &Pieces, refused: &BTreeSet<String>, said: &str) {
        let text = words(said);
        let first = first_line(&text).unwrap_or_default();
        for piece in adopted.pieces.iter().filter(|piece| piece.child.is_none() && refused.contains(&piece.terraform)) {
            work.give_up(&piece.address, format!("Terraform cannot import it ({first})"));
        }
    }

    /// What is created anew may need secrets, which only the user knows.
    fn ask_for_secrets(&self, written: &Pieces) -> Result<(), Failure> {
        let is_set = |name: &str| self.cx.environment.variable(&format!("TF_VAR_{name}")).is_some();
        let missing: Vec<_> = written.variables.iter().filter(|(name, _)| !is_set(name)).collect();
        if missing.is_empty() || !self.var_files.is_empty() || self.folder.has_values() {
            return Ok(());
        }
        let lines: Vec<String> = missing.iter().map(|(name, address)| format!("{name} = … # {address}")).collect();
        Err(Failure::new("create anew what holds secrets: no snapshot holds them")
            .because(format!("Terraform has to be told:\n{}", lines.join("\n")))
            .hint(
                "--var-file FILE takes them (one `name = \"value\"` a line), or TF_VAR_… variables do; --target leaves \
                   the resource out",
            ))
    }
}

/// What an error says first.
fn first_line(words: &str) -> Option<&str> {
    words.lines().next().map(|line| line.trim_start_matches("Error: ")).filter(|line| !line.is_empty())
}
