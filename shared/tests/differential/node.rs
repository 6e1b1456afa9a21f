//! The other side: Yjs in Node, asked by batches of commands over pipes.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

pub struct Node {
    process: Child,
    /// Closed at the end, by which Node knows.
    questions: Option<ChildStdin>,
    answers: ChildStdout,
}

impl Node {
    /// Starts Node with the script beside this file, which takes Yjs from e2e/stock.
    pub fn start() -> std::io::Result<Self> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/differential/yjs.mjs");
        let mut process = Command::new("node").arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let questions = process.stdin.take();
        let answers = process.stdout.take().expect("it is piped");
        Ok(Self { process, questions, answers })
    }

    /// Hands in a batch; what comes back answers its commands in order.
    pub fn ask(&mut self, batch: &[u8]) -> std::io::Result<Vec<u8>> {
        let questions = self.questions.as_mut().expect("open until the end");
        questions.write_all(&(batch.len() as u32).to_le_bytes())?;
        questions.write_all(batch)?;
        let mut len = [0; 4];
        self.answers.read_exact(&mut len)?;
        let mut answer = vec![0; u32::from_le_bytes(len) as usize];
        self.answers.read_exact(&mut answer)?;
        Ok(answer)
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.questions = None;
        self.process.wait().ok();
    }
}
