"""What changed here, for other systems to read at their own pace."""
