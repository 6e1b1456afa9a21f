//! From page to page: inside a program by its router, to the other one by loading it.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use shared::pages::Program;

use crate::browser::page;

/// Whether the page that one leaves stays behind the browser's "back" arrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trace {
    Leave,
    Replace,
}

#[derive(Debug, Clone, Copy)]
pub struct Way {
    program: Program,
}

impl Way {
    pub fn provide(program: Program) -> Self {
        let way = Self { program };
        provide_context(way);
        way
    }

    /// The `rel` of a link: the router lets go of one that leads to the other program.
    pub fn rel(self, address: &str) -> Option<&'static str> {
        (Program::at(address) != self.program).then_some("external")
    }
}

/// Goes to an address of this site. To be asked for inside the router.
pub fn use_way() -> impl Fn(&str, Trace) + Clone + 'static {
    let way: Way = expect_context();
    let navigate = use_navigate();
    move |address, trace| match (Program::at(address) == way.program, trace) {
        (true, trace) => {
            navigate(address, NavigateOptions { replace: trace == Trace::Replace, ..NavigateOptions::default() });
        }
        (false, Trace::Leave) => page::load(address),
        (false, Trace::Replace) => page::load_instead(address),
    }
}
