//! The tools, and how each of them is set.

use shared::board::{Colour, Form, StrokeTool};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    Select,
    Pen,
    Highlighter,
    Eraser,
    Shape,
    Text,
    Note,
    Picture,
    Laser,
}

impl Tool {
    pub const ALL: [Tool; 9] = [
        Tool::Select,
        Tool::Pen,
        Tool::Highlighter,
        Tool::Eraser,
        Tool::Shape,
        Tool::Text,
        Tool::Note,
        Tool::Picture,
        Tool::Laser,
    ];

    /// The key that takes it, alone.
    pub fn key(self) -> char {
        match self {
            Tool::Select => 'V',
            Tool::Pen => 'P',
            Tool::Highlighter => 'H',
            Tool::Eraser => 'E',
            Tool::Shape => 'S',
            Tool::Text => 'T',
            Tool::Note => 'N',
            Tool::Picture => 'I',
            Tool::Laser => 'L',
        }
    }

    pub fn icon(self) -> &'static str {
        match self {
            Tool::Select => "pointer",
            Tool::Pen => "pen",
            Tool::Highlighter => "mark",
            Tool::Eraser => "eraser",
            Tool::Shape => "shape",
            Tool::Text => "letters",
            Tool::Note => "note",
            Tool::Picture => "image",
            Tool::Laser => "laser",
        }
    }

    /// There is something to choose about it.
    pub fn is_set(self) -> bool {
        match self {
            Tool::Pen | Tool::Highlighter | Tool::Shape | Tool::Text | Tool::Note => true,
            Tool::Select | Tool::Eraser | Tool::Picture | Tool::Laser => false,
        }
    }

    pub fn stroke(self) -> Option<StrokeTool> {
        match self {
            Tool::Pen => Some(StrokeTool::Pen),
            Tool::Highlighter => Some(StrokeTool::Highlighter),
            Tool::Select | Tool::Eraser | Tool::Shape | Tool::Text | Tool::Note | Tool::Picture | Tool::Laser => None,
        }
    }
}

pub const COLOURS: [Colour; 6] =
    [Colour::Ink, Colour::Red, Colour::Blue, Colour::Green, Colour::Orange, Colour::Violet];
pub const FORMS: [Form; 4] = [Form::Line, Form::Arrow, Form::Rectangle, Form::Ellipse];

/// How a tool draws: colour, and width of its line or height of its letters in board units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Style {
    pub colour: Colour,
    pub width: f32,
}

/// How each tool is set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Styles {
    pub pen: Style,
    pub highlighter: Style,
    pub shape: Style,
    pub form: Form,
    pub text: Style,
    pub note: Style,
}

impl Default for Styles {
    fn default() -> Self {
        Self {
            pen: Style { colour: Colour::Ink, width: 4.0 },
            highlighter: Style { colour: Colour::Orange, width: 22.0 },
            shape: Style { colour: Colour::Ink, width: 3.0 },
            form: Form::Rectangle,
            text: Style { colour: Colour::Ink, width: 28.0 },
            note: Style { colour: Colour::Orange, width: 0.0 },
        }
    }
}

impl Styles {
    pub fn of(&self, tool: Tool) -> Style {
        match tool {
            Tool::Highlighter => self.highlighter,
            Tool::Shape => self.shape,
            Tool::Text => self.text,
            Tool::Note => self.note,
            Tool::Pen | Tool::Select | Tool::Eraser | Tool::Picture | Tool::Laser => self.pen,
        }
    }

    pub fn set(&mut self, tool: Tool, style: Style) {
        match tool {
            Tool::Highlighter => self.highlighter = style,
            Tool::Shape => self.shape = style,
            Tool::Text => self.text = style,
            Tool::Note => self.note = style,
            Tool::Pen => self.pen = style,
            Tool::Select | Tool::Eraser | Tool::Picture | Tool::Laser => {}
        }
    }
}

/// The widths to choose from, thin to thick; none where there is no choice.
pub fn widths(tool: Tool) -> &'static [f32] {
    match tool {
        Tool::Pen => &[2.5, 4.0, 8.0, 14.0],
        Tool::Highlighter => &[14.0, 22.0, 36.0],
        Tool::Shape => &[2.0, 3.0, 6.0],
        Tool::Text => &[20.0, 28.0, 40.0, 64.0],
        Tool::Select | Tool::Eraser | Tool::Note | Tool::Picture | Tool::Laser => &[],
    }
}
