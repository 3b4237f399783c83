"""Files that are text: .txt, .md, .jsonl."""
