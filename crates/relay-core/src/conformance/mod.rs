//! Properties that every store has to have, whatever keeps its data.
