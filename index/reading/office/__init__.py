"""Files that no reader of ours knows (doc, wps, rtf, odt, …): LibreOffice turns them into .docx."""
