"""Files that hold files: zip archives and mails, whose members are read as documents."""
